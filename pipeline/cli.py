"""The command line: `proofpress --help` lists what it does."""

import datetime as dt
import json
import os
import pathlib
import sys
from typing import NoReturn

import click

from pipeline.arguments import (
    DAY,
    FILES,
    MARKETS,
    OUT,
    campaigns_of,
    lines_of,
    now,
    request_of,
    settings_here,
)
from pipeline.errors import CampaignError, ExitCode, ProofpressError, UsageError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="proofpress")
def cli() -> None:
    """Campaign YAML in, localised and proofread ad creatives out.

    Start with: proofpress run campaigns/*.yaml
    """


@cli.command()
@FILES
@DAY
def check(files: tuple[pathlib.Path, ...], day: dt.datetime | None) -> None:
    """Report every problem of campaign files, with line numbers."""
    from pipeline.daily import preflight, prepare

    plan = prepare(request_of(files, pathlib.Path("out"), day, ()), settings_here())
    if problems := preflight(plan):
        raise CampaignError(problems)
    click.echo(f"{len(plan.plans)} campaigns, {plan.size} creatives a day: no problems")


@cli.command()
@FILES
@OUT
@DAY
@MARKETS
@click.option("--json", "as_json", is_flag=True, help="Print the plan for machines.")
def plan(
    files: tuple[pathlib.Path, ...],
    out: pathlib.Path,
    day: dt.datetime | None,
    markets: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Print what would be made, why, and what it would cost."""
    from pipeline.daily import prepare
    from pipeline.plan.report import plan_report

    prepared = prepare(request_of(files, out, day, markets), settings_here())
    if as_json:
        click.echo(f"[{','.join(plan.to_json() for plan in prepared.plans)}]")
        return
    click.echo("\n\n".join(plan_report(plan) for plan in prepared.plans))


@cli.command()
@FILES
@OUT
@DAY
@MARKETS
@click.option("--plain", is_flag=True, help="Without Prefect: the same files, no record of it.")
def run(
    files: tuple[pathlib.Path, ...],
    out: pathlib.Path,
    day: dt.datetime | None,
    markets: tuple[str, ...],
    *,
    plain: bool,
) -> None:
    """Make, proofread and publish what is due in campaign files."""
    from flows.terminal import run_at_terminal

    code = run_at_terminal(request_of(files, out, day, markets), settings_here(), plain=plain)
    _leave(code)


@cli.command()
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
    from pipeline.daily import load, open_workshop
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
    _leave(ExitCode.HELD if outcome.reason else ExitCode.ACCEPTED)


@cli.command()
@click.argument("image", required=False, type=click.Path(path_type=pathlib.Path))
@click.option("--locale", default="", help="Locale of the words, such as de_DE.")
@click.option("--line", "lines", multiple=True, metavar="ROLE=TEXT", help="A line; repeatable.")
@click.option(
    "--extra-text", type=click.Choice(["fail", "ignore"]), default="fail", show_default=True,
    help="Whether text that nobody asked for fails the picture.",
)  # fmt: skip
@click.option(
    "--batch", type=click.Path(path_type=pathlib.Path), metavar="FILE.jsonl",
    help="Proofread the pictures of a file instead, one request a line.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, one line a picture.")
def proof(
    image: pathlib.Path | None,
    locale: str,
    lines: tuple[str, ...],
    extra_text: str,
    batch: pathlib.Path | None,
    *,
    as_json: bool,
) -> None:
    """Proofread a picture, or a file of them.

    It is also checked for being blank, for blur, and for the contrast of its lines; a check that
    fails is reported and does not change the verdict, which is about the text.
    """
    from pipeline.proof.batch import answer, proof_batch, prove_file
    from pipeline.proof.describe import describe

    if batch:
        code = ExitCode.ACCEPTED
        for one in proof_batch(batch):
            click.echo(json.dumps(one, ensure_ascii=False))
            held = ExitCode.CAMPAIGN if "error" in one else ExitCode.HELD
            code = code if one["verdict"] == "pass" else max(code, held)
        _leave(code)
    if image is None or not locale or not lines:
        msg = "name an image, --locale and at least one --line ROLE=TEXT, or --batch FILE.jsonl"
        raise UsageError(msg)
    result = prove_file(image, locale, lines_of(lines), extra_text)
    shown = answer(str(image), result)
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else describe(result))
    _leave(ExitCode.ACCEPTED if shown["verdict"] == "pass" else ExitCode.HELD)


@cli.command()
@FILES
@DAY
@click.option(
    "--errors", type=click.IntRange(min=1), default=60, show_default=True,
    help="How many errors to plant.",
)  # fmt: skip
@click.option("--seed", default=0, show_default=True, help="Another one plants other errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for machines.")
def selftest(
    files: tuple[pathlib.Path, ...],
    day: dt.datetime | None,
    errors: int,
    seed: int,
    *,
    as_json: bool,
) -> None:
    """Plant errors in today's creatives: the proof must refuse each."""
    from pipeline.selftest import examine_today, for_machines, report

    request = request_of(files, pathlib.Path("out"), day, ())
    result = examine_today(request, settings_here(), (errors, seed), _complain)
    click.echo(for_machines(result) if as_json else report(result))
    _leave(ExitCode.HELD if result.slips else ExitCode.ACCEPTED)


@cli.command()
@click.argument("folder", type=click.Path(path_type=pathlib.Path, exists=True), metavar="DIR")
def verify(folder: pathlib.Path) -> None:
    """Re-hash and re-prove what was delivered, offline."""
    from pipeline.proof.prove import Proofreader
    from pipeline.publish.verify import verify

    findings = list(verify(folder, Proofreader.standard()))
    wrong = [finding for finding in findings if finding.what]
    for finding in wrong:
        click.echo(f"{finding.file}: {finding.what}")
    click.echo(f"{len(findings) - len(wrong)} of {len(findings)} files are as they were proved")
    if not findings:
        raise UsageError(f"there is no manifest under {folder}; name the folder of a run")
    _leave(ExitCode.HELD if wrong else ExitCode.ACCEPTED)


@cli.command()
@click.argument("folder", type=click.Path(path_type=pathlib.Path, exists=True), metavar="DIR")
def gallery(folder: pathlib.Path) -> None:
    """Write the gallery of all manifests under a folder."""
    from pipeline.publish.export import write_gallery
    from pipeline.publish.manifest import manifests_under

    manifests = manifests_under(folder)
    if not manifests:
        raise UsageError(f"there is no manifest under {folder}; name the folder of a run")
    click.echo(write_gallery(folder, manifests, settings_here().templates / "pages"))


@cli.command()
@FILES
def doctor(files: tuple[pathlib.Path, ...]) -> None:
    """Check that everything is installed, and say what to do if not."""
    from pipeline.doctor import examine

    missing = 0
    for finding in examine(settings_here(), campaigns_of(files)):
        missing += not finding.found
        mark = "ok     " if finding.found else "MISSING"
        click.echo(f"{mark}  {finding.what}: {finding.found or finding.remedy}")
    _leave(ExitCode.TOOL if missing else ExitCode.ACCEPTED)


@cli.command()
@FILES
@OUT
def serve(files: tuple[pathlib.Path, ...], out: pathlib.Path) -> None:
    """Run what is due every hour, until Ctrl-C."""
    from flows.terminal import serve_at_terminal

    serve_at_terminal(request_of(files, out, None, ()), settings_here())


@cli.command()
def stop() -> None:
    """End the Prefect server that a run left for its UI."""
    from flows.terminal import stop_at_terminal

    stop_at_terminal(settings_here())


def main() -> NoReturn:
    """Run the command line and end the process with the exit code of what happened.

    After an error the process ends at once: no thread at work, or waiting for a Prefect server,
    may hold it.
    """
    try:
        cli(standalone_mode=False)
    except ProofpressError as error:
        _complain(str(error))
        _abandon(error.exit_code)
    except click.ClickException as error:
        error.show()
        _abandon(ExitCode.CAMPAIGN)
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted; what was finished is kept, run again to go on")
        _abandon(ExitCode.INTERRUPTED)
    sys.exit(ExitCode.ACCEPTED)


def _complain(message: str) -> None:
    click.echo(message, err=True)


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.exit(code)


def _abandon(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
