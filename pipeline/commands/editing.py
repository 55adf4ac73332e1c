"""Commands that edit campaign files: new, set, diff."""

import datetime as dt
import pathlib

import click

from pipeline.arguments import DAY, FILES, OUT, campaigns_of, request_of, settings_here
from pipeline.errors import UsageError


@click.command()
@click.argument("name")
@click.option("--template", default="deal", show_default=True, help="What it looks like.")
@click.option(
    "--locale", "locales", multiple=True, default=("en_US",), show_default=True,
    help="A market's locale, such as de_DE; repeatable.",
)  # fmt: skip
@click.option(
    "--folder", type=click.Path(path_type=pathlib.Path), default="campaigns", show_default=True,
    help="Where the file is written.",
)  # fmt: skip
def new(name: str, template: str, locales: tuple[str, ...], folder: pathlib.Path) -> None:
    """Begin a campaign file from a template."""
    from pipeline.campaign.beginning import begun
    from pipeline.campaign.load import load_campaign
    from pipeline.files import write_whole

    settings = settings_here()
    if template not in (known := settings.template_names()):
        raise UsageError(f"there is no template {template!r}; use one of: {', '.join(known)}")
    file = folder / f"{name}.yaml"
    if file.exists():
        raise UsageError(f"{file} is there already; take another name, or edit it")
    source = (settings.templates / "scenes" / f"{template}.json.j2").read_text("utf-8")
    write_whole(file, begun(name, template, source, locales).encode())
    try:
        load_campaign(file, known)
    except Exception:
        file.unlink()  # a name that no campaign may have: say so, and leave nothing behind
        raise
    click.echo(f"{file}: fill in what is marked TODO; `proofpress check {file}` says where")


@click.group("set")
def set_() -> None:
    """Change one value of a campaign file; comments stay."""


@set_.command()
@click.argument("offer", metavar="CAMPAIGN/OFFER")
@click.argument("where", metavar="MARKET|LOCALE")
@click.argument("amount")
@click.option("--was", default="", help="The former price too.")
@DAY
@click.option(
    "--file", "files", multiple=True, type=click.Path(path_type=pathlib.Path),
    help="Campaign files to look in; all of `campaigns/` if left out.",
)  # fmt: skip
def price(
    offer: str,
    where: str,
    amount: str,
    was: str,
    day: dt.datetime | None,
    files: tuple[pathlib.Path, ...],
) -> None:
    """Set a price, of every day or of one."""
    from pipeline.pricing import Asked, percent, set_price

    campaign, slash, name = offer.partition("/")
    if not slash:
        raise UsageError(f"{offer!r} names no offer; write it as daily-deals/bowl")
    asked = Asked(
        campaign=campaign,
        offer=name,
        where=where,
        amount=amount,
        was=was,
        day=day.date() if day else None,
    )
    for one in set_price(campaigns_of(files), asked, settings_here()):
        before = f"{one.before} → " if one.before else ""
        how = f"  ({percent(one)})" if percent(one) else ""
        click.echo(f"{one.file}:{one.line}: {one.path}  {before}{one.now}{how}")


@click.command()
@click.argument("revision", default="HEAD")
@FILES
@OUT
@DAY
def diff(
    revision: str, files: tuple[pathlib.Path, ...], out: pathlib.Path, day: dt.datetime | None
) -> None:
    """Say in Markdown what a change of campaign files makes anew, since a revision of git."""
    from pipeline.difference import difference, markdown

    found = difference(request_of(files, out, day, ()), revision, settings_here())
    click.echo(markdown(found, out))
