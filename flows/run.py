"""A run under Prefect that ends the same without it.

The calling thread carries the work out; meanwhile a second thread finds or starts the server,
imports Prefect and lets the flow conduct what is left. If Prefect does not come, or goes, or
hangs, nothing changes but the record.
"""

import contextlib
import dataclasses
import logging
import os
import pathlib
import sys
import threading
from collections.abc import MutableMapping
from typing import NoReturn

from flows import server
from flows.once import carry_out
from flows.work import Work


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long Prefect is waited for, in seconds.

    Attributes:
        server: Until a server answers.
        task: Until the flow begins the next batch, before it is begun without the flow.
        record: After the work, until the run is recorded.
    """

    server: float = 60.0
    task: float = 10.0
    record: float = 20.0


@dataclasses.dataclass(slots=True, kw_only=True)
class Record:
    """What Prefect has of a run.

    Attributes:
        ui: The page of the run, or of the server; empty if there is no server.
        complete: Whether the flow ended and all of it reached the server.
        problem: Why it is not complete; empty if it is.
    """

    ui: str = ""
    complete: bool = False
    problem: str = "no Prefect server answered"


def run_recorded(
    work: Work,
    folder: pathlib.Path,
    environ: MutableMapping[str, str],
    patience: Patience = Patience(),
) -> Record:
    """Carry the work out and have Prefect record it.

    Args:
        work: What is to be done; all of it is done on return.
        folder: Data directory of the local Prefect server.
        environ: The process environment; Prefect's settings are put into it.
        patience: How long Prefect is waited for.

    Returns:
        What Prefect has of it. End the process with `leave` afterwards.
    """
    record = Record()
    recorder = threading.Thread(
        target=_record, args=(work, record, folder, environ, patience), daemon=True
    )
    recorder.start()
    try:
        carry_out(work.pieces, work.conductor.leads, patience.task)
    except KeyboardInterrupt:
        _cancel(work)
        raise
    except Exception:
        recorder.join(patience.record)  # the flow fails of the same error, and records it
        raise
    recorder.join(patience.record)
    if work.conductor.run:
        record.ui = f"{record.ui}/runs/flow-run/{work.conductor.run}"
    return record


def leave(code: int) -> NoReturn:
    """End the process at once; on a server that hangs, Prefect's threads would wait for ever.

    Nothing is lost: files and records are written whole before this.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _cancel(work: Work) -> None:
    """Have the server know that the run was interrupted, if it still listens."""
    if work.conductor.run is None:
        return
    from flows import daily  # noqa: PLC0415 - Prefect reads its settings on import

    with contextlib.suppress(Exception):  # whatever happens to Prefect, the person wants to leave
        daily.cancel(work.conductor.run)


def _record(
    work: Work,
    record: Record,
    folder: pathlib.Path,
    environ: MutableMapping[str, str],
    patience: Patience,
) -> None:
    """Find or start the server and run the flow; what goes wrong is said in the record."""
    found = server.find_or_start(folder, environ, deadline_s=patience.server)
    if found is None:
        return
    record.ui = found.ui
    record.problem = "Prefect was still recording"
    environ.update(server.client_environment(found, folder, environ) | server.BRIEF)
    logging.raiseExceptions = False  # else Prefect prints every log line it cannot send
    try:
        from flows import daily  # noqa: PLC0415 - Prefect reads its settings on import

        with daily.at_hand(work):
            daily.daily(work.parameters, return_state=True)
        daily.flush()
    except Exception as error:  # noqa: BLE001 - whatever happens to Prefect, the work goes on
        record.problem = f"{type(error).__name__}: {error}"
    else:
        record.complete = True
        record.problem = ""
