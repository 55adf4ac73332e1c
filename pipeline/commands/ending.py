"""Ending: how a command speaks of trouble and leaves."""

import logging
import sys
from typing import NoReturn

import click

from pipeline.observe.lines import speaks_json

_LOG = logging.getLogger(__name__)


def complain(message: str) -> None:
    """Print one message to standard error, or log it where log lines are for machines."""
    if speaks_json():
        _LOG.error("%s", message, extra={"event": "refused"})
    else:
        click.echo(message, err=True)


def leave(code: int) -> NoReturn:
    """End the command with an exit code, once what it printed is out."""
    sys.stdout.flush()
    sys.exit(code)
