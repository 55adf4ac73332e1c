"""A bucket: objects by name, by the S3 protocol, with errors that a person can act on.

The protocol is spoken by obstore, the Python side of Rust's object_store: one wheel without
dependencies, typed, synchronous, and it repeats what may be repeated within a bound. Nothing that
a server says is passed on word for word, because an answer may name an access key.
"""

import contextlib
import dataclasses
import datetime as dt
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from pipeline.errors import StoreError, UsageError

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ClientConfig, RetryConfig, S3Config

CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
)
"""What the environment says about the server and who asks it."""

REST = 30.0
"""Seconds for which a bucket that did not answer is not asked again: a day must not wait for
each of its thousands of files."""

_LOG = logging.getLogger(__name__)
_ADDRESS = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#\s]*)?")
_CLIENT: "ClientConfig" = {
    "connect_timeout": dt.timedelta(seconds=5),
    "timeout": dt.timedelta(seconds=30),
}
_RETRIES: "RetryConfig" = {
    "max_retries": 4,
    "retry_timeout": dt.timedelta(seconds=20),
    "backoff": {
        "init_backoff": dt.timedelta(milliseconds=200),
        "max_backoff": dt.timedelta(seconds=3),
        "base": 2,
    },
}
_MISSING_BUCKET = "NoSuchBucket"
_MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "jpg": "image/jpeg",
    "png": "image/png",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An object of a bucket.

    Attributes:
        content: Its bytes.
        tag: Names this version of it.
    """

    content: bytes
    tag: str


class Bucket:
    """Objects below one prefix of a bucket; safe for threads.

    Every method raises `StoreError` if the bucket cannot be used; a bucket that does not answer
    is left alone for a while, and what is asked of it meanwhile fails at once.

    Args:
        store: Speaks to it.
        address: Its address, such as s3://creatives/proofpress.
        clock: Monotonic seconds.
    """

    def __init__(
        self, store: S3Store, address: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.address = address
        self._store = store
        self._clock = clock
        self._failed: tuple[float, str] | None = None
        self._confirmed = False

    def put(self, name: str, content: bytes) -> None:
        """Write an object, whole; what had its name before is replaced."""
        with self._explained():
            self._store.put(name, content, attributes=_attributes(name))

    def replace(self, name: str, content: bytes, before: Object | None) -> bool:
        """Write an object if nobody else did meanwhile, and return whether it was written.

        Args:
            name: Its name.
            content: Its bytes.
            before: What it replaces; None if there was none.
        """
        with self._explained():
            try:
                mode = {"e_tag": before.tag} if before else "create"
                self._store.put(name, content, mode=mode, attributes=_attributes(name))  # type: ignore[arg-type]
            except (AlreadyExistsError, PreconditionError):
                return False
            return True

    def get(self, name: str) -> Object | None:
        """Return an object; None if the bucket has none of that name."""
        with self._explained():
            try:
                found = self._store.get(name)
                return Object(content=bytes(found.bytes()), tag=found.meta["e_tag"] or "")
            except FileNotFoundError as error:
                self._confirm(error)
                return None

    def names(self, folder: str) -> Iterator[str]:
        """Yield the names of all objects below a folder, each with that folder."""
        with self._explained():
            for some in self._store.list(f"{folder}/"):
                yield from (one["path"] for one in some)

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder, each with that folder, sorted."""
        with self._explained():
            found = self._store.list_with_delimiter(f"{folder}/")
            return sorted(str(name).strip("/") for name in found["common_prefixes"])

    def remove(self, name: str) -> None:
        """Take an object out; one that is not there is no matter."""
        with self._explained(), contextlib.suppress(FileNotFoundError):
            self._store.delete(name)

    def _confirm(self, error: FileNotFoundError) -> None:
        """See that an object is missing, not the whole bucket: then nothing could be told."""
        if _MISSING_BUCKET in str(error):
            raise error
        if not self._confirmed:
            next(iter(self._store.list(chunk_size=1)), None)
            self._confirmed = True

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the server or the line does into an error that a person can act on."""
        if self._failed and self._clock() < self._failed[0]:
            raise StoreError(self._failed[1])
        try:
            yield
        except (BaseError, OSError) as error:
            said = f"{self.address} cannot be used: {_reason(error)}"
            if self._failed is None:
                _LOG.warning("%s", said)
            self._failed = (self._clock() + REST, said)
            raise StoreError(said) from None  # the cause may quote an access key
        self._failed = None


def open_bucket(
    address: str, credentials: Mapping[str, str], clock: Callable[[], float] = time.monotonic
) -> Bucket:
    """Return a bucket; nothing is asked of it yet.

    Args:
        address: s3://<bucket>, with a prefix if not all of it is ours.
        credentials: AWS_* variables; what is not among them is looked for where obstore looks.
        clock: Monotonic seconds.

    Raises:
        UsageError: If the address is none.
    """
    if not _ADDRESS.fullmatch(address):
        raise UsageError(
            "the address of a bucket cannot be read; give it as s3://<bucket>/<prefix>"
        )
    name, _, prefix = address.removeprefix("s3://").partition("/")
    given = {key.lower(): credentials[key] for key in CREDENTIALS if credentials.get(key)}
    client: ClientConfig = {**_CLIENT}
    if credentials.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        client["allow_http"] = True
    try:
        store = S3Store(
            name,
            prefix=prefix.strip("/") or None,
            config=cast("S3Config", given),
            client_options=client,
            retry_config=_RETRIES,
        )
    except (BaseError, ValueError):
        raise UsageError(
            "the object store cannot be opened; see AWS_ENDPOINT_URL, AWS_REGION and the other "
            "AWS_ variables"
        ) from None
    return Bucket(store, address, clock)


def _attributes(name: str) -> "Attributes":
    """Return what a browser is told about an object."""
    return {"Content-Type": _MEDIA.get(name.rpartition(".")[2], "application/octet-stream")}


def _reason(error: Exception) -> str:
    """Return what is wrong and what to do, in words of our own."""
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return (
            "it refuses our credentials; see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what "
            "they may do, then run again"
        )
    if _MISSING_BUCKET in str(error):
        return "there is no such bucket; make it, or correct its name, then run again"
    return (
        "it did not answer as it should, again and again; see that AWS_ENDPOINT_URL is right and "
        "the server runs, then run again: what was made is kept on this machine"
    )
