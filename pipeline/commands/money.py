"""Commands about money: spend, halt, simulate."""

import datetime as dt
import json
import os
import time

import click

from pipeline.arguments import now, settings_here
from pipeline.commands.ending import complain, leave
from pipeline.errors import ExitCode, UsageError

_POINTED = """
To point a run at this simulator, in another terminal:

  export PROOFPRESS_RUNFLOW_URL={runflow} RUNFLOW_API_KEY={key}
  export PROOFPRESS_FAL_URL={url} FAL_KEY={key}
  export PROOFPRESS_BFL_URL={bfl} BFL_API_KEY={key}
  proofpress run --plain YOUR-CAMPAIGN.yaml    # with provider: runflow, fal or bfl

Ctrl-C ends it. What it charged: {url}/_sim/bill"""


@click.command()
@click.option(
    "--by", type=click.Choice(["campaign", "market", "template", "model"]), default="campaign",
    show_default=True, help="What to list it by.",
)  # fmt: skip
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), default=None,
    help="The first campaign day that counts; all if left out.",
)  # fmt: skip
@click.option(
    "--reconcile", is_flag=True,
    help="Compare with the providers' own records, where they have one.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print it for machines.")
def spend(by: str, since: dt.datetime | None, *, reconcile: bool, as_json: bool) -> None:
    """Say what was spent, wasted and saved.

    With --reconcile the exit code is 1 if a provider's record and the ledger differ.
    """
    from pipeline.produce.ledger.spend import By
    from pipeline.spend import compared, ledger_of, report_of, report_text, report_tree

    settings = settings_here()
    ledger = ledger_of(settings, now)
    report = report_of(ledger, settings, By(by), since.date() if since else None)
    records = compared(ledger, os.environ, time.monotonic, report.spend.since) if reconcile else ()
    ledger.close()
    shown = json.dumps(report_tree(report, records)) if as_json else report_text(report, records)
    click.echo(shown)
    leave(ExitCode.HELD if any(one.differences for one in records) else ExitCode.ACCEPTED)


@click.command()
@click.argument("reason", required=False, default="")
@click.option("--off", is_flag=True, help="Allow payments again.")
def halt(reason: str, *, off: bool) -> None:
    """Stop every new payment, on all machines, until --off.

    What is paid already is still fetched and judged; everything else goes out on the studio's
    plates. REASON is shown wherever a payment is refused.
    """
    from pipeline.spend import ledger_of

    if off and reason:
        raise UsageError("--off takes no reason")
    ledger = ledger_of(settings_here(), now)
    if off:
        was = ledger.switch.engaged()
        ledger.switch.release()
        click.echo("payments are allowed again" if was else "payments were not stopped")
    else:
        ledger.switch.engage(reason)
        click.echo("all new payments are stopped; `proofpress halt --off` allows them again")
    ledger.close()


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def simulate(options: tuple[str, ...]) -> None:
    """Speak the providers' APIs on this machine, to try for free."""
    from simulator.__main__ import main as simulator
    from simulator.world import DEFAULT_KEY

    own_keys = "SIMULATOR_KEYS" in os.environ or any(o.startswith("--key") for o in options)
    key = "THE-KEY-YOU-CHOSE" if own_keys else DEFAULT_KEY

    def announce(line: str) -> None:
        click.echo(line)
        complain(_POINTED.format(key=key, **json.loads(line)))

    simulator.main(list(options), "proofpress simulate", standalone_mode=False, obj=announce)
