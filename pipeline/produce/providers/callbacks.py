"""Callbacks: what a vendor reports by itself, believed only when its signature is right.

A callback says that a request ended, and never where its picture is: that is asked of the
vendor, with the key. What is not believed is data with a reason, since anyone can send one.
"""

import base64
import binascii
import dataclasses
import hashlib
import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pipeline.produce.providers.outputs import is_flagged
from pipeline.produce.providers.protocol import State, TransientError
from pipeline.produce.providers.replies import is_moderation, safe_id

FAL_TOLERANCE = 300.0
"""Seconds that a callback's time may differ from ours:
https://docs.fal.ai/model-apis/model-endpoints/webhooks."""

KEYS_LIFE = 86_400.0
"""Seconds for which fal's keys may be kept, by the same page."""

_KEYS_AGAIN = 60.0
"""Seconds before keys are read again because none fits: they may have been changed."""

_MOST_KEYS = 16


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A believed callback.

    Attributes:
        request_id: The vendor's id of what ended.
        state: READY, FAILED or MODERATED.
    """

    request_id: str
    state: State


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A callback that is not acted on.

    Attributes:
        reason: Why.
    """

    reason: str


class Seen:
    """Remembers what was reported, so that a callback sent again is acted on once.

    Args:
        most: Reports that are remembered; the oldest are forgotten first.
    """

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def first(self, key: str) -> bool:
        """Return whether something is reported for the first time."""
        with self._lock:
            new = key not in self._known
            self._known[key] = None
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            return new


class FalKeys:
    """fal's public keys, read again after a day, or when none of them fits.

    Args:
        read: Returns the bytes of fal's key set; raises TransientError if they do not come.
        clock: Monotonic seconds.
    """

    def __init__(self, read: Callable[[], bytes], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: tuple[Ed25519PublicKey, ...] = ()
        self._at = float("-inf")

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Return whether one of the keys signed a message.

        Raises:
            TransientError: If the keys cannot be read.
        """
        if _fits(self._current(KEYS_LIFE), signature, message):
            return True
        return _fits(self._current(_KEYS_AGAIN), signature, message)

    def _current(self, life: float) -> tuple[Ed25519PublicKey, ...]:
        with self._lock:
            now = self._clock()
            if now - self._at >= life:
                self._keys, self._at = _keys_of(self._read()), now
            return self._keys


def runflow_callback(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], seen: Seen
) -> Ended | Rejected:
    """Return what a callback of Runflow reports.

    Args:
        headers: As received, names in any case.
        body: The raw body.
        secrets: Those that may have signed; several while one is being changed.
        seen: What was reported before, as the signature holds no time.

    https://docs.runflow.io/guides/verify-callback-signatures: the signature is the HMAC-SHA256
    of the raw body, in lower-case hex.
    """
    given = _lower(headers).get("runflow-signature", "")
    if not any(_is_hmac(secret, body, given) for secret in secrets):
        return Rejected(reason="the signature is wrong or missing")
    tree = _tree(body)
    name = safe_id(tree.get("run_id"))
    if name is None:
        return Rejected(reason="it names no run")
    state = _runflow_state(tree)
    if state is None:
        return Rejected(reason="it reports no end")
    return _once(seen, f"runflow {name} {tree.get('event')}", name, state)


def fal_callback(
    headers: Mapping[str, str], body: bytes, keys: FalKeys, now: float, seen: Seen
) -> Ended | Rejected:
    """Return what a callback of fal reports.

    Args:
        headers: As received, names in any case.
        body: The raw body.
        keys: fal's public keys.
        now: Seconds since 1970, UTC.
        seen: What was reported before.

    Raises:
        TransientError: If fal's keys cannot be read.

    https://docs.fal.ai/model-apis/model-endpoints/webhooks: Ed25519 over the request's id, the
    user's id, the time and the hash of the body, one a row.
    """
    given = _lower(headers)
    parts = [given.get(f"x-fal-webhook-{name}", "") for name in ("request-id", "user-id")]
    sent = given.get("x-fal-webhook-timestamp", "")
    if not (sent.isascii() and sent.isdecimal()) or len(sent) > 12:  # noqa: PLR2004 - seconds
        return Rejected(reason="it has no readable time")
    if abs(now - int(sent)) > FAL_TOLERANCE:
        return Rejected(reason=f"its time is more than {FAL_TOLERANCE:.0f} s away")
    message = "\n".join([*parts, sent, hashlib.sha256(body).hexdigest()]).encode()
    signature = _hex(given.get("x-fal-webhook-signature", ""))
    if signature is None or not keys.signed(signature, message):
        return Rejected(reason="the signature is wrong or missing")
    tree = _tree(body)
    name = safe_id(tree.get("request_id"))
    if name is None or parts[0] not in {name, tree.get("gateway_request_id")}:
        return Rejected(reason="it names no request, or two different ones")
    return _once(seen, f"fal {name} {tree.get('status')}", name, _fal_state(tree))


def bfl_callback(
    headers: Mapping[str, str], body: bytes, secret: str, seen: Seen
) -> Ended | Rejected:
    """Return what a callback of Black Forest Labs reports.

    Args:
        headers: As received, names in any case.
        body: The raw body.
        secret: What went along with the request.
        seen: What was reported before.

    The header and its form, `sha256=` and the HMAC-SHA256 of the raw body in hex, come from
    https://github.com/black-forest-labs/skills alone; the vendor's own page does not give them.
    """
    given = _lower(headers).get("x-bfl-signature", "").removeprefix("sha256=")
    if not _is_hmac(secret, body, given):
        return Rejected(reason="the signature is wrong or missing")
    tree = _tree(body)
    name = safe_id(tree.get("id"))
    if name is None:
        return Rejected(reason="it names no task")
    state = _BFL_STATES.get(str(tree.get("status")))
    if state is None:
        return Rejected(reason="it reports no end")
    return _once(seen, f"bfl {name} {tree.get('status')}", name, state)


_BFL_STATES = {
    "Ready": State.READY,
    "Error": State.FAILED,
    "Request Moderated": State.MODERATED,
    "Content Moderated": State.MODERATED,
}

_RUNFLOW_STATES = {
    "succeeded": State.READY,
    "partial_succeeded": State.READY,
    "failed": State.FAILED,
    "canceled": State.FAILED,
    "cancelled": State.FAILED,
}


def _runflow_state(tree: dict[str, Any]) -> State | None:
    state = _RUNFLOW_STATES.get(str(tree.get("status")))
    output = tree.get("output")
    if state is State.FAILED and is_moderation(json.dumps(output)):
        return State.MODERATED
    return State.MODERATED if state is State.READY and is_flagged(output) else state


def _fal_state(tree: dict[str, Any]) -> State:
    payload = tree.get("payload")
    if tree.get("status") == "OK":
        return State.MODERATED if is_flagged(payload) else State.READY
    detail = payload.get("detail") if isinstance(payload, dict) else None
    return State.MODERATED if is_moderation(json.dumps(detail)) else State.FAILED


def _once(seen: Seen, key: str, name: str, state: State) -> Ended | Rejected:
    if not seen.first(key):
        return Rejected(reason="it was reported before")
    return Ended(request_id=name, state=state)


def _is_hmac(secret: str, body: bytes, given: str) -> bool:
    """Return whether a signature is a secret's; an empty secret signs nothing."""
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(wanted.encode(), given.encode())


def _fits(keys: Sequence[Ed25519PublicKey], signature: bytes, message: bytes) -> bool:
    for key in keys:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return True
    return False


def _keys_of(content: bytes) -> tuple[Ed25519PublicKey, ...]:
    listed = _tree(content).get("keys")
    found = []
    for item in listed[:_MOST_KEYS] if isinstance(listed, list) else ():
        text = item.get("x") if isinstance(item, dict) and item.get("crv") == "Ed25519" else None
        try:
            raw = base64.urlsafe_b64decode(f"{text or ''}{'=' * (-len(text or '') % 4)}")
            found.append(Ed25519PublicKey.from_public_bytes(raw))
        except (binascii.Error, ValueError):
            continue
    if not found:
        raise TransientError("fal's key set holds no key that can be read")
    return tuple(found)


def _tree(body: bytes) -> dict[str, Any]:
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
