"""Commands for translators: messages extract, update, check, compile, import."""

import io
import pathlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from pipeline.arguments import FILES, campaigns_of, now, settings_here
from pipeline.commands.ending import complain, leave
from pipeline.errors import CampaignError, ExitCode, Problem, ToolMissingError, UsageError

if TYPE_CHECKING:
    from types import ModuleType

    from pipeline.plan.variants import Variant
    from pipeline.translation import Desk

_WIDTH = 480
"""Pixels across of a picture for translators: every line can be read, and a page shows many."""

LOCALES = click.option(
    "--locale", "locales", multiple=True, help="Begin the catalogue of this locale; repeatable.",
)  # fmt: skip


@click.group()
def messages() -> None:
    """Copy to translators and back: PO files, or XLIFF 2."""


@messages.command()
@FILES
@LOCALES
@click.option("--pictures/--no-pictures", default=True, help="Draw each offer for context.")
@click.option("--xliff", is_flag=True, help="Write every catalogue as XLIFF 2 too.")
def extract(
    files: tuple[pathlib.Path, ...],
    locales: tuple[str, ...],
    *,
    pictures: bool,
    xliff: bool,
) -> None:
    """Write what is to be translated, with pictures for context."""
    from pipeline.translation import PICTURES, extract, told, update

    kit = _xliff_kit() if xliff else None
    if pictures:
        draw = _painter()
        for desk in _desks(files, locales):
            for offer, variant in desk.examples().items():
                _write_picture(desk.folder / PICTURES / f"{offer}.jpg", draw(variant))
    for desk in _desks(files, locales):
        path, count = extract(desk)
        click.echo(f"{path}: {count} texts")
        if locales or kit:
            for locale, counts in update(desk, _serving(desk, locales)).items():
                click.echo(f"  {locale}: {told(counts)}")
        if kit:
            _export(desk, kit)


@messages.command()
@FILES
@LOCALES
def update(files: tuple[pathlib.Path, ...], locales: tuple[str, ...]) -> None:
    """Bring catalogues up to the campaign files; nothing translated is lost."""
    from pipeline.translation import told, update

    for desk in _desks(files, locales):
        for locale, counts in update(desk, _serving(desk, locales)).items():
            click.echo(f"{desk.folder / locale}.po: {told(counts)}")


@messages.command()
@FILES
def check(files: tuple[pathlib.Path, ...]) -> None:
    """Report what is fuzzy, missing, obsolete or broken, with its line."""
    from pipeline.translation import examined, states, told

    problems: list[Problem] = []
    for file in campaigns_of(files):
        words, found = examined(file, settings_here())
        problems += found
        for catalogue in words.catalogues:
            click.echo(f"{catalogue.file}: {told(states(catalogue.entries))}")
        for note in words.notes:
            click.echo(f"  {note}")
    for problem in problems:
        complain(str(problem))
    leave(ExitCode.CAMPAIGN if problems else ExitCode.ACCEPTED)


@messages.command(name="compile")
@FILES
@click.option(
    "--to", "folder", type=click.Path(path_type=pathlib.Path), default="out/messages",
    show_default=True, help="Folder of the compiled catalogues.",
)  # fmt: skip
def compile_(files: tuple[pathlib.Path, ...], folder: pathlib.Path) -> None:
    """Write gettext's MO files for other programs; a run reads the PO files."""
    from pipeline.translation import compile_catalogue, examined

    for file in campaigns_of(files):
        words, problems = examined(file, settings_here())
        if problems:
            raise CampaignError(problems)
        for catalogue in words.catalogues:
            click.echo(compile_catalogue(catalogue, folder, words.source.campaign))


@messages.command(name="import")
@click.argument("file", type=click.Path(path_type=pathlib.Path), metavar="CAMPAIGN.yaml")
@click.argument(
    "returned", nargs=-1, required=True, type=click.Path(path_type=pathlib.Path, exists=True),
    metavar="FILE.xlf...",
)  # fmt: skip
def import_(file: pathlib.Path, returned: tuple[pathlib.Path, ...]) -> None:
    """Take translations of XLIFF 2 files into the catalogues of a campaign."""
    from pipeline.translation import states, told

    kit = _xliff_kit()
    (desk,) = _desks((file,), ())
    for path in returned:
        locale, units = kit.returned_units(path.read_bytes(), str(path))
        catalogue = desk.catalogue(locale)
        entries = kit.taken_back(catalogue, units, str(path))
        desk.write(catalogue, entries)
        click.echo(f"{catalogue.file}: {told(states(entries))}")


def _desks(files: Sequence[pathlib.Path], locales: Sequence[str]) -> "list[Desk]":
    """Return the desks of the campaigns that have something to translate.

    Raises:
        UsageError: If a locale is asked for that none of them has a use for.
    """
    from pipeline.translation import open_desk
    from pipeline.typeset.renderer import TakumiRenderer

    settings, created, renderer = settings_here(), now(), TakumiRenderer()
    opened = [open_desk(file, settings, created, renderer) for file in campaigns_of(files)]
    wanted = [desk for desk in opened if desk.has_work]
    for desk in (one for one in opened if not one.has_work):
        complain(f"{desk.loaded.document.file}: has every text in every locale itself")
    for locale in locales:
        if not any(_serving(desk, [locale]) for desk in wanted):
            raise UsageError(f"no campaign named here lacks a text in {locale!r}")
    return wanted


def _serving(desk: "Desk", locales: Sequence[str]) -> list[str]:
    return [one for one in locales if desk.lacks(one)]


def _export(desk: "Desk", kit: "ModuleType") -> None:
    from pipeline.files import write_whole

    source = desk.words.source
    for catalogue in desk.catalogues():
        notices = desk.notices(source.messages(catalogue.locale))
        path = pathlib.Path(catalogue.file).with_suffix(kit.ENDING)
        write_whole(path, kit.xliff_bytes(catalogue, source.locale, source.campaign, notices))
        click.echo(f"  {path}")


def _xliff_kit() -> "ModuleType":
    """Return what reads and writes XLIFF.

    Raises:
        ToolMissingError: If Translate Toolkit is not installed.
    """
    try:
        from pipeline.campaign.messages import xliff
    except ImportError as error:
        what = "XLIFF needs Translate Toolkit"
        raise ToolMissingError(f"{what}; install it: pip install 'proofpress[xliff]'") from error
    return xliff


def _painter() -> "Callable[[Variant], bytes]":
    from pipeline.daily import open_workshop
    from pipeline.preview import preview
    from pipeline.proof.prove import Proofreader

    reader = Proofreader.standard()
    workshop = open_workshop(settings_here(), reader, reader.versions())

    def draw(variant: "Variant") -> bytes:
        _, path = preview(variant, workshop)
        return path.read_bytes() if path else b""

    return draw


def _write_picture(path: pathlib.Path, content: bytes) -> None:
    import PIL.Image

    from pipeline.files import write_whole

    if not content:
        return
    with PIL.Image.open(io.BytesIO(content)) as picture:
        height = round(picture.height * _WIDTH / picture.width)
        small = picture.convert("RGB").resize((_WIDTH, height), PIL.Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80, optimize=True)
    write_whole(path, out.getvalue())
