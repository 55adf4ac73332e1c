"""Ending: how a command speaks of trouble and leaves."""

import sys
from typing import NoReturn

import click


def complain(message: str) -> None:
    """Print one message to standard error."""
    click.echo(message, err=True)


def leave(code: int) -> NoReturn:
    """End the command with an exit code, once what it printed is out."""
    sys.stdout.flush()
    sys.exit(code)
