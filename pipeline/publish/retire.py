"""The retire list: what must leave the channels, now or soon, for people and for machines."""

import csv
import datetime as dt
import hashlib
import hmac
import io
import ipaddress
import json
import pathlib
import urllib.parse
from collections import Counter
from collections.abc import Callable, Sequence

import httpx

from pipeline.errors import UsageError
from pipeline.files import write_whole
from pipeline.publish.live import UNTRUE, Out, State
from pipeline.publish.manifest import stamp

VERSION = 1
COLUMNS = (
    "state",
    "since",
    "file",
    "market",
    "reason",
    "campaign",
    "offer",
    "locale",
    "format",
    "day",
    "variant",
    "sha256",
    "accepted_by",
)
"""The columns of the list in JSON and CSV; new ones are added at the end."""
SECRET = "PROOFPRESS_WEBHOOK_SECRET"  # noqa: S105 - the variable's name, not a secret
"""Variable of the environment that holds what webhooks are signed with."""

_ORDER = (State.EXPIRED, State.CHANGED, State.DAMAGED, State.ENDING, State.TRUE)
_PAUSES_S = (1.0, 4.0)
"""How long to wait before the second and the third try."""
_SECONDS = 10.0
_BUSY = 429
_BROKEN = 500


def to_retire(out: Sequence[Out]) -> tuple[Out, ...]:
    """Return what is no longer true, and then what soon will not be, the earliest first."""
    found = [one for one in out if one.truth.state is not State.TRUE]
    key = lambda one: (_ORDER.index(one.truth.state), one.truth.since, one.variant)  # noqa: E731
    return tuple(sorted(found, key=key))


def report(out: Sequence[Out], instant: dt.datetime, within: dt.timedelta) -> str:
    """Return everything that is out, and the retire list, as JSON.

    Args:
        out: What is out.
        instant: When that was found.
        within: How far ahead was looked.
    """
    states = Counter(one.truth.state for one in out)
    tree = {
        "live": VERSION,
        "instant": stamp(instant),
        "within_hours": within / dt.timedelta(hours=1),
        "totals": {"out": len(out), **{str(state): states[state] for state in _ORDER}},
        "retire": [_row(one) for one in to_retire(out)],
        "out": [_row(one) for one in out],
    }
    return json.dumps(tree, ensure_ascii=False)


def write_csv(path: pathlib.Path, out: Sequence[Out]) -> None:
    """Write the retire list as a table with a heading, in UTF-8.

    Raises:
        UsageError: If it cannot be written.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(_row(one) for one in to_retire(out))
    try:
        write_whole(path, text.getvalue().encode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error}); name another file") from error


def table(out: Sequence[Out]) -> str:
    """Return what a person reads: how much is out, and what has to leave."""
    wrong = sum(one.truth.state in UNTRUE for one in out)
    ending = sum(one.truth.state is State.ENDING for one in out)
    head = f"{len(out)} out, {len(out) - wrong} of them true"
    head += f", {ending} ending soon" if ending else ""
    rows = [head]
    for one in to_retire(out):
        when = f"{'from' if one.truth.state is State.ENDING else 'since'} {one.truth.since}"
        since = f" {when}" if one.truth.since else ""
        rows += ["", f"{one.truth.state}{since}  {one.file}", f"  {one.truth.reason}"]
    return "\n".join(rows)


def _row(one: Out) -> dict[str, str]:
    told = {
        "state": str(one.truth.state),
        "since": one.truth.since,
        "reason": one.truth.reason,
    }
    return {name: told[name] if name in told else str(getattr(one, name)) for name in COLUMNS}


def checked_address(url: str) -> str:
    """Return a webhook's address.

    Raises:
        UsageError: If it is none, or would send the list over the network in the clear.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("--webhook wants an address that begins with https://")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UsageError("--webhook wants https; http is only for this machine itself")
    return url


def send(
    url: str, body: str, secret: str, instant: dt.datetime, sleep: Callable[[float], None]
) -> str:
    """Post the list, three times at most, and return why it could not be delivered, if not.

    The header `X-Proofpress-Delivery` is the same for each try, so that a receiver can tell a
    repetition. If there is a secret, `X-Proofpress-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256
    of the seconds since 1970, a full stop and the body.

    Args:
        url: Where to; a redirection is not followed.
        body: The JSON.
        secret: What it is signed with; empty if it is not signed.
        instant: When it is sent.
        sleep: Waits for some seconds.
    """
    content = body.encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "proofpress",
        "x-proofpress-delivery": hashlib.sha256(content).hexdigest(),
    }
    if secret:
        moment = str(int(instant.timestamp()))
        digest = hmac.digest(secret.encode(), f"{moment}.".encode() + content, "sha256").hex()
        headers["x-proofpress-signature"] = f"t={moment},v1={digest}"
    host = urllib.parse.urlsplit(url).hostname or ""
    failure = ""
    with httpx.Client(timeout=_SECONDS, trust_env=not _is_loopback(host)) as client:
        for pause in (0.0, *_PAUSES_S):
            if pause:
                sleep(pause)
            failure, final = _post(client, url, content, headers)
            if final:
                break
    return f"the webhook at {host} did not take the retire list: {failure}" if failure else ""


def _post(
    client: httpx.Client, url: str, content: bytes, headers: dict[str, str]
) -> tuple[str, bool]:
    """Return why a try failed, empty if it did not, and whether another would not help."""
    try:
        answer = client.post(url, content=content, headers=headers)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        return f"{type(error).__name__} (is the address right, and is it up?)", False
    if answer.is_success:
        return "", True
    again = answer.status_code == _BUSY or answer.status_code >= _BROKEN
    return f"it answered {answer.status_code}", not again


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
