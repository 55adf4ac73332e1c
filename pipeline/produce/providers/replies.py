"""Replies: what an answer of a provider says about what was asked, and whether it was accepted."""

import datetime as dt
import email.utils
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from pipeline.produce.providers.protocol import (
    ClosedError,
    ModeratedError,
    NotAcceptedError,
    OutcomeUnknownError,
    ThrottledError,
    TransientError,
)
from pipeline.produce.providers.wire import Answer

_LONGEST_WAIT = 3600.0
"""Seconds: a server that asks for more is asked again after an hour."""
_SHOWN = 200
_CLOSED = frozenset({401, 402, 403})
_LATER = frozenset({408, 425})
_MAYBE = frozenset({409, 499})
"""A conflict with an earlier try of the same attempt, and a connection that closed under way."""

_MODERATED = re.compile(
    r"moder|nsfw|content.?policy|content.?checker|safety(?!_tolerance|_checker)", re.IGNORECASE
)
_ADDRESS = re.compile(r"\b[a-z]+://\S+|\bdata:\S+", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def tree_of(answer: Answer) -> dict[str, Any] | None:
    """Return an answer's JSON object with exact numbers; None if it is none."""
    try:
        tree = json.loads(answer.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait; None if it does not say, or not readably.

    It may be a number or a date; a date is read against the server's own `Date`, so that a
    wrong clock here or there does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return min(float(text), _LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(text)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT)
    except (TypeError, ValueError, OverflowError):  # no date, or one with a zone and one without
        return None


def reason_of(answer: Answer) -> str:
    """Return why a call was refused, in the provider's words, short and without addresses."""
    tree = tree_of(answer)
    if tree is None:
        return "no readable reason"
    words = [str(part) for part in _reasons(tree) if part]
    return shown(": ".join(dict.fromkeys(words))) or "no reason given"


def shown(text: str) -> str:
    """Return a provider's words as they may be shown: short, on one row, without addresses."""
    return " ".join(_ADDRESS.sub("[address]", text).split())[:_SHOWN]


def is_moderation(text: str) -> bool:
    """Return whether a provider's words speak of its rules for content."""
    return _MODERATED.search(text) is not None


def money(value: object) -> Decimal | None:
    """Return an amount of a reply; None if it is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def instant(name: str, value: object) -> dt.datetime:
    """Return a time of a list, which is in UTC if it names no zone.

    Args:
        name: The provider's name.
        value: The time in ISO 8601.

    Raises:
        TransientError: If it is none.
    """
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise TransientError(f"{name}'s list has an entry without a readable time") from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def safe_id(value: object) -> str | None:
    """Return a provider's id if it can stand in an address as it is; None if it cannot."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def accepted(name: str, answer: Answer) -> dict[str, Any]:
    """Return the JSON of an answer that accepts what was submitted.

    Args:
        name: The provider's name.
        answer: The answer to a submit.

    Raises:
        NotAcceptedError: If it was provably not accepted: 4xx.
        OutcomeUnknownError: If that cannot be told: 5xx (half of them may have been accepted and
            will be charged), a redirect, or a success that says nothing.
    """
    tree = tree_of(answer) if answer.ok else None
    if tree is not None:
        return tree
    said = f"{name} answered {answer.status} ({reason_of(answer)})"
    if 400 <= answer.status < 500 and answer.status not in _MAYBE:  # noqa: PLR2004 - 4xx
        _refused(name, answer, said)
    raise OutcomeUnknownError(f"{said}: it may have been accepted all the same")


def found(name: str, answer: Answer) -> dict[str, Any]:
    """Return the JSON of the answer to a question.

    Raises:
        TransientError: If it says nothing.
    """
    tree = tree_of(answer) if answer.ok else None
    if tree is None:
        said = f"{name} answered {answer.status} ({reason_of(answer)})"
        raise TransientError(said, after=retry_after(answer.headers))
    return tree


def _refused(name: str, answer: Answer, said: str) -> NoReturn:
    if answer.status == 429:  # noqa: PLR2004 - too many requests
        raise ThrottledError(said, after=retry_after(answer.headers))
    if answer.status in _CLOSED:
        raise ClosedError(f"{said}; check the key and the account of {name}")
    if is_moderation(said):
        raise ModeratedError(said)
    raise NotAcceptedError(said, retry=answer.status in _LATER, after=retry_after(answer.headers))


def _reasons(tree: dict[str, Any]) -> list[object]:
    """Return the words of the envelopes that vendors use: code and message, or detail."""
    error = tree.get("error")
    inner = error if isinstance(error, dict) else {"message": error}
    detail = tree.get("detail")
    parts = [tree.get("code"), tree.get("error_type"), inner.get("code")]
    parts += [tree.get("message"), inner.get("message")]
    if isinstance(detail, list):
        first = [item for item in detail if isinstance(item, dict)][:1]
        return parts + [part for item in first for part in (item.get("type"), item.get("msg"))]
    return [*parts, detail if isinstance(detail, str) else None]
