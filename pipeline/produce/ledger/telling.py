"""Telling: each step of an attempt as a log line, once it is in the ledger."""

import logging

from pipeline.produce.ledger.rows import Entry

_LOG = logging.getLogger(__name__)


def told(entry: Entry) -> Entry:
    """Log where an attempt stands now, by its ids alone, and return it."""
    if _LOG.isEnabledFor(logging.INFO):
        purpose = entry.purpose
        ids = {
            "event": "attempt",
            "attempt": entry.id,
            "state": entry.state.value,
            "job": entry.job,
            "run": purpose.run,
            "campaign": purpose.campaign,
            "variant": purpose.variant,
            "provider": purpose.provider,
            "charged_usd": None if entry.charged is None else str(entry.charged),
        }
        _LOG.info("attempt %s is %s", entry.id, entry.state, extra=ids)
    return entry
