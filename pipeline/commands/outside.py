"""Commands about what is, or waits to go, outside: review, live."""

import datetime as dt
import getpass
import os
import pathlib
import time

import click

from pipeline.arguments import DAY, FILES, OUT, campaigns_of, now, settings_here
from pipeline.commands.ending import complain, leave
from pipeline.errors import ExitCode, UsageError


@click.command()
@FILES
@OUT
@click.option(
    "--within", type=click.FloatRange(0), default=24.0, show_default=True, metavar="HOURS",
    help="How far ahead to look for what ends.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print all that is out for machines.")
@click.option(
    "--csv", "table", type=click.Path(path_type=pathlib.Path), metavar="FILE",
    help="Write the retire list as a table, too.",
)  # fmt: skip
@click.option(
    "--webhook", metavar="URL",
    help="Post the JSON there, signed with PROOFPRESS_WEBHOOK_SECRET if that is set.",
)  # fmt: skip
def live(
    files: tuple[pathlib.Path, ...],
    out: pathlib.Path,
    within: float,
    *,
    as_json: bool,
    table: pathlib.Path | None,
    webhook: str | None,
) -> None:
    """Say what is out and whether it is still true.

    The exit code is 1 if something that is out is no longer true.
    """
    from pipeline.dayplan import load
    from pipeline.publish import retire
    from pipeline.publish.live import UNTRUE, Files, whats_out
    from pipeline.typeset.renderer import TakumiRenderer

    url = retire.checked_address(webhook) if webhook else ""
    settings, instant, ahead = settings_here(), now(), dt.timedelta(hours=within)
    loaded = load(campaigns_of(files), settings)
    known = Files(loaded, (settings.templates, TakumiRenderer().engine), instant, ahead)
    only = frozenset(one.campaign.campaign for one in loaded) if files else frozenset()
    found = whats_out(out, known, only)
    body = retire.report(found, instant, ahead)
    click.echo(body if as_json else retire.table(found))
    if table:
        retire.write_csv(table, found)
    secret = os.environ.get(retire.SECRET, "")
    failure = retire.send(url, body, secret, instant, time.sleep) if url else ""
    if failure:
        complain(failure)
        leave(ExitCode.TOOL)
    wrong = any(one.truth.state in UNTRUE for one in found)
    leave(ExitCode.HELD if wrong else ExitCode.ACCEPTED)


@click.command()
@FILES
@OUT
@DAY
@click.option("--as", "name", default="", help="Who decides; the system's user if left out.")
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
def review(
    files: tuple[pathlib.Path, ...],
    out: pathlib.Path,
    day: dt.datetime | None,
    name: str,
    port: int,
) -> None:
    """Decide about what is held, on a page on this machine.

    It shows the newest day; --day shows another. What the campaign files no longer say cannot be
    approved.
    """
    from pipeline.dayplan import load
    from pipeline.publish.live import Files
    from pipeline.review.desk import Desk, has_manifests
    from pipeline.review.server import serve
    from pipeline.typeset.renderer import TakumiRenderer

    if not has_manifests(out):
        raise UsageError(f"there is no manifest under {out}; name the folder of a run with --out")
    settings, named = settings_here(), campaigns_of(files)
    drawn_with = (settings.templates, TakumiRenderer().engine)
    loaded = load(named, settings)
    desk = Desk(
        out=out,
        pages=settings.templates / "pages",
        by=name or getpass.getuser(),
        now=now,
        files=lambda: Files(load(named, settings), drawn_with, now(), dt.timedelta()),
        only=frozenset(one.campaign.campaign for one in loaded) if files else frozenset(),
        day=day.date() if day else None,
    )
    serve(desk, port, lambda url: click.echo(f"review  {url}  (Ctrl-C ends it)"))
