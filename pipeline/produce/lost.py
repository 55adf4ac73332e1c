"""Lost files: a picture that is paid for is asked for again before another is paid for."""

import hashlib

from pipeline.errors import StoreError
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.providers.protocol import (
    ExpiredError,
    Provider,
    SpoiltError,
    State,
    TransientError,
)
from pipeline.produce.store import Store


def regained(provider: Provider, store: Store, entry: Entry) -> bytes | None:
    """Return the bytes of an attempt: from the store, or from the provider if it still has them.

    Args:
        provider: Who was paid.
        store: Where they should be; what the provider has is put there again.
        entry: The attempt; its hash says which bytes.

    Returns:
        None if the very bytes can be had nowhere.

    Raises:
        StoreError: If nobody can tell now.
    """
    content = store.get(entry.sha256)
    if content is None and entry.ticket is not None:
        content = _fetched(provider, entry)
        if content is not None:
            store.put(content, flushed=True)
    return content


def _fetched(provider: Provider, entry: Entry) -> bytes | None:
    if entry.ticket is None:
        return None
    try:
        answer = provider.poll(entry.ticket)
        if answer.state is not State.READY:
            return None
        content = provider.fetch(entry.ticket, answer.url)
    except (ExpiredError, SpoiltError):
        return None
    except TransientError as error:
        raise StoreError(
            f"the file of attempt {entry.id} is lost, and its provider cannot be asked for it "
            "now; run again"
        ) from error
    return content if hashlib.sha256(content).hexdigest() == entry.sha256 else None
