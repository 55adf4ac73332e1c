"""Commands that prove: proof, selftest, verify, gallery, doctor."""

import datetime as dt
import json
import pathlib

import click

from pipeline.arguments import DAY, FILES, campaigns_of, lines_of, request_of, settings_here
from pipeline.commands.ending import complain, leave
from pipeline.errors import ExitCode, UsageError


@click.command()
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
        leave(code)
    if image is None or not locale or not lines:
        msg = "name an image, --locale and at least one --line ROLE=TEXT, or --batch FILE.jsonl"
        raise UsageError(msg)
    result = prove_file(image, locale, lines_of(lines), extra_text)
    shown = answer(str(image), result)
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else describe(result))
    leave(ExitCode.ACCEPTED if shown["verdict"] == "pass" else ExitCode.HELD)


@click.command()
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
    result = examine_today(request, settings_here(), (errors, seed), complain)
    click.echo(for_machines(result) if as_json else report(result))
    leave(ExitCode.HELD if result.slips else ExitCode.ACCEPTED)


@click.command()
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
    leave(ExitCode.HELD if wrong else ExitCode.ACCEPTED)


@click.command()
@click.argument("folder", type=click.Path(path_type=pathlib.Path, exists=True), metavar="DIR")
def gallery(folder: pathlib.Path) -> None:
    """Write the gallery of all manifests under a folder."""
    from pipeline.publish.export import write_gallery
    from pipeline.publish.manifest import manifests_under

    manifests = manifests_under(folder)
    if not manifests:
        raise UsageError(f"there is no manifest under {folder}; name the folder of a run")
    click.echo(write_gallery(folder, manifests, settings_here().templates / "pages"))


@click.command()
@FILES
def doctor(files: tuple[pathlib.Path, ...]) -> None:
    """Check that everything is installed, and say what to do if not."""
    from pipeline.doctor import examine

    missing = 0
    for finding in examine(settings_here(), campaigns_of(files)):
        missing += not finding.found
        mark = "ok     " if finding.found else "MISSING"
        click.echo(f"{mark}  {finding.what}: {finding.found or finding.remedy}")
    leave(ExitCode.TOOL if missing else ExitCode.ACCEPTED)
