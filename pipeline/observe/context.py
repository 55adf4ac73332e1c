"""What the present thread is about: run, campaign, variant, job, attempt, for every log line."""

import contextlib
import contextvars
from collections.abc import Iterator, Mapping

_ABOUT: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("about")


@contextlib.contextmanager
def about(**ids: str) -> Iterator[None]:
    """Let every log line of the block say what it is about, besides what is known already.

    Args:
        **ids: Name to id, such as `variant="lunch--bowl"`; what is empty is left as it was.
    """
    token = _ABOUT.set({**known(), **{name: value for name, value in ids.items() if value}})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def known() -> Mapping[str, str]:
    """Return what the present thread is about."""
    return _ABOUT.get({})
