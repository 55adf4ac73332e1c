"""Log lines for machines: one JSON object a line, with ids and without secrets.

python-json-logger turns a record into JSON; here is only what is ours: which ids a line has, and
that no secret of the environment is ever in one.
"""

import datetime as dt
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

from pipeline.errors import UsageError
from pipeline.observe.context import known

SETTING = "PROOFPRESS_LOG"
"""The variable that asks for such lines: `json`. Without it nothing is changed."""

ROOMS = ("pipeline", "flows", "simulator")
"""The loggers that are ours; the root belongs to whoever configures it last, such as Prefect."""

HIDDEN = "***"
_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL")
_PASSWORD = re.compile(r"://[^/@:\s]*:([^/@\s]+)@")
_SHORTEST = 6
"""A value of fewer characters is no secret, and hiding it would garble the line."""


class Lines(JsonFormatter):
    """Writes a record as JSON.

    Args:
        secrets: What is never shown.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(
            ["levelname", "event", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )
        shown = {form for one in secrets for form in (one, json.dumps(one)[1:-1], _inside(one))}
        self._secrets = sorted(shown, key=len, reverse=True)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Put the time first, and the ids of the thread under those of the record itself."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        log_data["time"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        super().add_fields(log_data, record, message_dict)
        log_data["event"] = log_data.get("event") or "log"
        log_data["level"] = str(log_data["level"]).lower()
        for name, value in known().items():
            log_data.setdefault(name, value)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with no secret in it."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def _inside(secret: str) -> str:
    """Return a secret as it stands in a line that keeps letters of all scripts."""
    return json.dumps(secret, ensure_ascii=False)[1:-1]


def lines_here() -> Lines:
    """Return what writes records of this process, for `flows/logging-json.yml` to name."""
    return Lines(secrets_of(os.environ))


def set_up(environment: Mapping[str, str], stream: TextIO | None = None) -> bool:
    """Log as the environment asks for it, and return whether that is JSON.

    Args:
        environment: PROOFPRESS_LOG is read; the values of keys and passwords are hidden.
        stream: Where lines go; standard error if it is None.

    Raises:
        UsageError: If PROOFPRESS_LOG is something else.
    """
    asked = environment.get(SETTING, "")
    if asked not in {"", "json"}:
        raise UsageError(f"{SETTING} is {asked!r}; set it to json, or leave it out")
    if not asked:
        return False
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(secrets_of(environment)))
    logging.captureWarnings(capture=True)
    logging.getLogger().addHandler(handler)
    for name in ROOMS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return True


def secrets_of(environment: Mapping[str, str]) -> set[str]:
    """Return what of an environment must never be shown: keys, tokens, and passwords in URLs."""
    values = {value for name, value in environment.items() if _SECRET.search(name.upper())}
    for value in environment.values():
        values.update(_PASSWORD.findall(value))
    return {value for value in values if len(value) >= _SHORTEST}


def speaks_json() -> bool:
    """Return whether log lines are JSON."""
    handlers = logging.getLogger(ROOMS[0]).handlers
    return any(isinstance(handler.formatter, Lines) for handler in handlers)
