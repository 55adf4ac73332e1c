"""Commands that make creatives: check, plan, preview, run, serve, stop."""

import dataclasses
import datetime as dt
import pathlib
from typing import TYPE_CHECKING

import click

from pipeline.arguments import DAY, FILES, MARKETS, OUT, now, request_of, settings_here
from pipeline.commands.ending import leave
from pipeline.errors import CampaignError, ExitCode, UsageError

if TYPE_CHECKING:
    from pipeline.dayplan import RunRequest


@click.command()
@FILES
@DAY
def check(files: tuple[pathlib.Path, ...], day: dt.datetime | None) -> None:
    """Report every problem of campaign files, with line numbers."""
    from pipeline.dayplan import preflight, prepare
    from pipeline.plan.preflight.finding import Severity
    from pipeline.plan.preflight.look import said

    plan = prepare(request_of(files, pathlib.Path("out"), day, ()), settings_here())
    found = preflight(plan)
    for one in said(found, Severity.WARNING):
        click.echo(str(one))
    if problems := tuple(one.problem for one in said(found, Severity.ERROR)):
        raise CampaignError(problems)
    click.echo(f"{len(plan.plans)} campaigns, {plan.size} creatives a day: no problems")
    for note in (note for one in plan.plans for note in one.campaign.words.notes):
        click.echo(f"translation: {note}")


@click.command()
@FILES
@OUT
@DAY
@MARKETS
@click.option("--json", "as_json", is_flag=True, help="Print the plan for machines.")
@click.option(
    "--pseudo", is_flag=True,
    help="Try every text accented and a third longer, before it is translated.",
)  # fmt: skip
def plan(
    files: tuple[pathlib.Path, ...],
    out: pathlib.Path,
    day: dt.datetime | None,
    markets: tuple[str, ...],
    *,
    as_json: bool,
    pseudo: bool,
) -> None:
    """Print what would be made, why, and what it would cost."""
    from pipeline.dayplan import preflight, prepare
    from pipeline.plan.report import plan_report

    request = request_of(files, out, day, markets)
    if pseudo:
        _try_pseudo(request)
        return
    prepared = prepare(request, settings_here())
    if as_json:
        click.echo(f"[{','.join(plan.to_json() for plan in prepared.plans)}]")
        return
    click.echo("\n\n".join(plan_report(plan) for plan in prepared.plans))
    for finding in preflight(prepared):
        click.echo(str(finding))


def _try_pseudo(request: "RunRequest") -> None:
    """Say whether all offers fit in the pseudo-locale; nothing is planned that could be run.

    Raises:
        CampaignError: With the texts that do not.
    """
    from pipeline.campaign.messages.pseudo import pseudo_words
    from pipeline.dayplan import prepare
    from pipeline.plan.preflight.look import unfit
    from pipeline.typeset.renderer import TakumiRenderer

    renderer = TakumiRenderer()
    tried = prepare(request, settings_here(), pseudo_words)
    if not tried.size:
        raise UsageError("the campaigns have ended; name a day on which they run with --day")
    if problems := tuple(one.problem for plan in tried.plans for one in unfit(plan, renderer)):
        raise CampaignError(problems)
    click.echo(f"{tried.size} creatives in the pseudo-locale: texts a third longer fit")


@click.command()
@click.argument("file", type=click.Path(path_type=pathlib.Path), metavar="CAMPAIGN.yaml")
@click.option("--market", default="", help="The market; the first if left out.")
@click.option("--locale", default="", help="The locale; the first if left out.")
@click.option("--format", "format_", default="", help="The format; the first if left out.")
@click.option("--offer", default="", help="The offer; the first that runs if left out.")
@DAY
def preview(
    file: pathlib.Path,
    market: str,
    locale: str,
    format_: str,
    offer: str,
    day: dt.datetime | None,
) -> None:
    """Draw and proofread one creative, to look at while editing."""
    from pipeline.daily import open_workshop
    from pipeline.dayplan import load
    from pipeline.preview import Choice, choose, preview
    from pipeline.proof.describe import describe
    from pipeline.proof.prove import Proofreader

    settings = settings_here()
    reader = Proofreader.standard()
    workshop = open_workshop(settings, reader, reader.versions())
    drawn_with = (settings.templates, workshop.renderer.engine)
    choice = Choice(
        market=market, locale=locale, format=format_, offer=offer, day=day.date() if day else None
    )
    loaded = load([file], settings)[0]
    variant = choose(loaded, choice, now(), drawn_with)
    outcome, path = preview(variant, workshop)
    click.echo(describe(outcome.proof) if outcome.proof else f"held: {outcome.reason}")
    if path:
        click.echo(f"picture  {path}")
    leave(ExitCode.HELD if outcome.reason else ExitCode.ACCEPTED)


@click.command()
@FILES
@OUT
@DAY
@MARKETS
@click.option(
    "--retry", is_flag=True,
    help="Try again for paid pictures where the studio's plate stands in.",
)  # fmt: skip
@click.option(
    "--metrics", type=click.Path(path_type=pathlib.Path, dir_okay=False), default=None,
    help="Write the run's metrics to this file, as Prometheus text.",
)  # fmt: skip
@click.option(
    "--c2pa", is_flag=True,
    help="Insist on content credentials; PROOFPRESS_C2PA_CERTIFICATE and _KEY name their files.",
)  # fmt: skip
@click.option("--plain", is_flag=True, help="Without Prefect: the same files, no record of it.")
def run(  # noqa: PLR0913 - a word on the command line each
    files: tuple[pathlib.Path, ...],
    out: pathlib.Path,
    day: dt.datetime | None,
    markets: tuple[str, ...],
    *,
    retry: bool,
    metrics: pathlib.Path | None,
    c2pa: bool,
    plain: bool,
) -> None:
    """Make, proofread and publish what is due in campaign files."""
    from flows.terminal import run_at_terminal

    request = dataclasses.replace(request_of(files, out, day, markets), retry=retry)
    settings = settings_here()
    settings = dataclasses.replace(settings, metrics=metrics or settings.metrics)
    if c2pa and settings.credentials is None:
        raise UsageError(
            "--c2pa needs PROOFPRESS_C2PA_CERTIFICATE and PROOFPRESS_C2PA_KEY, which name the "
            "files of certificate and private key"
        )
    leave(run_at_terminal(request, settings, plain=plain))


@click.command()
@FILES
@OUT
def serve(files: tuple[pathlib.Path, ...], out: pathlib.Path) -> None:
    """Make what is due in every market, hour by hour, until Ctrl-C."""
    from flows.terminal import serve_at_terminal

    serve_at_terminal(request_of(files, out, None, ()), settings_here())


@click.command()
def stop() -> None:
    """End the Prefect server that a run left for its UI."""
    from flows.terminal import stop_at_terminal

    stop_at_terminal(settings_here())
