"""A machine that several share a day with: `worker.py CAMPAIGN OUT MARKET...`.

It makes what is due, market by market in the order named, again and again until all of it stands;
that is what a schedule does every hour. It prints a JSON object a line: what it made, what it
published. Its prover passes everything.
"""

import datetime as dt
import json
import os
import pathlib
import sys
import time

from pipeline import daily
from pipeline.dayplan import RunRequest, everything_stands, preflight, prepare
from pipeline.produce.outcome import Outcome
from pipeline.publish.bills import bills_of
from pipeline.session import open_session, with_till
from pipeline.settings import Settings, read_settings
from tests.provers import Blind

DAY = dt.date(2026, 12, 1)
PATIENCE = 60.0


def now() -> dt.datetime:
    """Return the present instant."""
    return dt.datetime.now(dt.UTC)


def say(**what: object) -> None:
    """Print an object at once, in one piece."""
    os.write(1, f"{json.dumps(what)}\n".encode())


def due(request: RunRequest, settings: Settings) -> bool:
    """Make what is due of a request; return whether anything still is."""
    day_plan = prepare(request, settings)
    if everything_stands(day_plan):
        return False
    session = open_session(day_plan, settings, now)
    if not session.day_plan.size:
        session.close("there was nothing left to make")
        return True
    workshop = daily.open_workshop(settings, Blind(), {})
    workshop = with_till(session, workshop, os.environ, preflight(day_plan))

    def made(outcome: Outcome) -> None:
        say(made=outcome.variant, fallback=outcome.fallback)

    plan = session.day_plan
    outcomes = [
        one for batch in plan.batches() for one in daily.produce_batch(batch, workshop, made)
    ]
    bills = bills_of(session.ledger, session.run, plan.plans)
    published = daily.publish(plan, outcomes, workshop, bills=bills)
    say(published=list(request.markets), undelivered=published.undelivered)
    session.close("published")
    return False


def main(file: str, out: str, *markets: str) -> None:
    """Work until all markets stand."""
    settings = read_settings(os.environ, 1)
    until = time.monotonic() + PATIENCE
    waiting = list(markets)
    while waiting and time.monotonic() < until:
        waiting = [
            market
            for market in waiting
            if due(
                RunRequest(
                    files=(pathlib.Path(file),),
                    out=pathlib.Path(out),
                    instant=now(),
                    day=DAY,
                    markets=(market,),
                ),
                settings,
            )
        ]
        time.sleep(0.2)
    say(waiting=waiting)


if __name__ == "__main__":
    main(*sys.argv[1:])
