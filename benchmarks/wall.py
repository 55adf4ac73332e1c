"""The wall: every template in every format and script, made by the real pipeline, on one page.

`python benchmarks/wall.py` plans the campaigns of `benchmarks/wall_copy/`, paints their plates in
the studio, sets their words and writes a page with a filter by template, format and script, and
a contact sheet for each template. `--proof` proofreads each picture too. `--odd` adds copy that
is hard to set: compounds, marks on marks, a price of seven digits, next to nothing at all.
"""

import argparse
import dataclasses
import datetime as dt
import functools
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence

from benchmarks.wall_page import Tile, write_page, write_sheet, write_strip
from pipeline.campaign.load import LoadedCampaign
from pipeline.daily import Workshop, open_workshop
from pipeline.dayplan import load
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.compositor import canvas_of
from pipeline.produce.finish import decode
from pipeline.produce.outcome import Status
from pipeline.produce.providers.studio import Studio
from pipeline.proof.corruption import script_name
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Pixels
from pipeline.settings import PROJECT, read_settings
from pipeline.typeset.fit import Misfit
from pipeline.typeset.lettering import Letterer
from pipeline.typeset.renderer import TakumiRenderer

COPY = pathlib.Path(__file__).parent / "wall_copy"
ODD = "odd"
DAY = dt.date(2026, 12, 1)
"""The campaign day of every picture, so that a date never changes one."""

TEMPLATES = ("deal", "menu", "sale", "product", "subscription", "poster", "title", "credits")
FORMATS = (
    "meta-square",
    "meta-feed-4x5",
    "meta-story-9x16",
    "google-landscape",
    "menu-16x9",
    "display-300x250",
)
"""One format of each shape; the others differ from one of these in pixels only."""

STRIP = (
    ("meta-feed-4x5", "en_US"),
    ("meta-story-9x16", "ar_AE"),
    ("google-landscape", "ja_JP"),
    ("display-300x250", "uk_UA"),
)
"""What stands for a template in `templates/README.md`."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to show; what is empty is not narrowed.

    Attributes:
        templates: Names of templates.
        formats: Names of formats.
        locales: CLDR locale identifiers.
        odd: Show the copy that is hard to set, in the place of the usual one.
    """

    templates: Sequence[str] = ()
    formats: Sequence[str] = ()
    locales: Sequence[str] = ()
    odd: bool = False


@functools.cache
def _campaign(name: str, template: str) -> LoadedCampaign:
    """Return a campaign of `wall_copy`, for a template; pictures come from `campaigns/assets`."""
    with tempfile.TemporaryDirectory() as folder:
        room = pathlib.Path(folder)
        shutil.copytree(PROJECT / "campaigns" / "assets", room / "assets")
        file = shutil.copy(COPY / f"{name}.yaml", room)
        loaded = load([pathlib.Path(file)], read_settings({}, 1))[0]
    source = (PROJECT / "templates" / "scenes" / f"{template}.json.j2").read_text("utf-8")
    offers = loaded.campaign.offers
    if "copy.price" not in source:  # such a template refuses an offer with a price
        bare: dict[str, object] = {"price": {}, "was": {}}
        offers = {key: offer.model_copy(update=bare) for key, offer in offers.items()}
    campaign = loaded.campaign.model_copy(update={"template": template, "offers": offers})
    return dataclasses.replace(loaded, campaign=campaign, folder=PROJECT / "campaigns")


def variants(choice: Choice, engine: str) -> Iterator[Variant]:
    """Yield the variants of a choice, template by template, format by format.

    Args:
        choice: What to show.
        engine: Name and version of the typesetting engine.
    """
    for template in choice.templates or TEMPLATES:
        loaded = _campaign(ODD if choice.odd else template, template)
        days = dict.fromkeys(loaded.campaign.markets, DAY)
        for fmt in choice.formats or FORMATS:
            single = loaded.campaign.model_copy(update={"formats": (fmt,)})
            found = variants_of(
                dataclasses.replace(loaded, campaign=single), days, (PROJECT / "templates", engine)
            )
            yield from (one for one in found if one.locale in (choice.locales or {one.locale}))


@dataclasses.dataclass(frozen=True, slots=True)
class Painter:
    """Makes pictures as the press does, up to the file: plate and words, nothing proofread.

    Attributes:
        renderer: Measures and paints.
        templates: The folder of all templates.
    """

    renderer: TakumiRenderer
    templates: pathlib.Path = PROJECT / "templates"

    def paint(self, variant: Variant) -> Pixels | Misfit:
        """Return the picture, RGB, shape [height, width, 3], or the line that cannot be set."""
        request = variant.request
        studio = Studio(self.templates / "plates", self.renderer)
        painted = studio.paint(request)
        canvas = canvas_of(variant, decode(painted, request.width, request.height))
        letterer = Letterer(renderer=self.renderer, layouts=self.templates / "layouts")
        lettered = letterer.letter(canvas, variant.scene.lettering)
        return lettered if isinstance(lettered, Misfit) else lettered.picture


def tile_of(variant: Variant, painter: Painter) -> Tile:
    """Return a picture of the wall, not proofread."""
    picture = painter.paint(variant)
    if isinstance(picture, Misfit):
        reason = f"{picture.role}: {picture.what}"
        return _tile(variant, None, reason)
    return _tile(variant, picture, "")


def proved_tile(variant: Variant, workshop: Workshop) -> Tile:
    """Return a picture of the wall as it would be delivered, with what the proof says."""
    outcome = workshop.press.produce(variant)
    content = workshop.press.store.get(outcome.deliverable.sha256) if outcome.deliverable else None
    picture = decode(content, variant.format.width, variant.format.height) if content else None
    return _tile(variant, picture, "" if outcome.status is Status.ACCEPTED else outcome.reason)


def _tile(variant: Variant, picture: Pixels | None, fault: str) -> Tile:
    return Tile(
        name=f"{variant.template}--{variant.offer}--{variant.locale}--{variant.format.name}",
        template=variant.template,
        format=variant.format.name,
        script=script_name("", variant.locale),
        locale=variant.locale,
        picture=picture,
        fault=fault,
    )


def tiles(choice: Choice, *, proof: bool) -> Iterator[Tile]:
    """Yield the pictures of a choice.

    Args:
        choice: What to show.
        proof: Proofread each one.
    """
    if not proof:
        painter = Painter(TakumiRenderer())
        yield from (tile_of(one, painter) for one in variants(choice, painter.renderer.engine))
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"PROOFPRESS_WORK": folder}, 1)
        workshop = open_workshop(settings, Proofreader.standard(), {})
        for variant in variants(choice, workshop.renderer.engine):
            yield proved_tile(variant, workshop)


def main(arguments: Sequence[str]) -> int:
    """Make the wall; return 1 if a picture could not be made or did not pass its proof."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("templates", "formats", "locales"):
        parser.add_argument(f"--{name}", default="", help="some of them, with commas between")
    parser.add_argument("--odd", action="store_true", help="copy that is hard to set")
    parser.add_argument("--proof", action="store_true", help="proofread each picture")
    parser.add_argument("--out", type=pathlib.Path, default=PROJECT / "out" / "wall")
    parser.add_argument(
        "--strips",
        type=pathlib.Path,
        help="make only the pictures of templates/README.md, proofread, in this folder",
    )
    asked = parser.parse_args(arguments)
    if asked.strips:
        return _strips(asked.strips, _listed(asked.templates) or TEMPLATES)
    choice = Choice(
        templates=_listed(asked.templates),
        formats=_listed(asked.formats),
        locales=_listed(asked.locales),
        odd=asked.odd,
    )
    made: list[Tile] = []
    for tile in tiles(choice, proof=asked.proof):
        made.append(dataclasses.replace(tile, picture=None))
        tile.keep(asked.out)
        if tile.fault:
            print(f"{tile.name}: {tile.fault}")
    for template in dict.fromkeys(tile.template for tile in made):
        some = [tile for tile in made if tile.template == template]
        print(write_sheet(asked.out, template, some))
    print(write_page(asked.out, made))
    faults = sum(bool(tile.fault) for tile in made)
    print(f"{len(made)} pictures, {faults} that would not ship")
    return 1 if faults or not made else 0


def _strips(out: pathlib.Path, templates: Sequence[str]) -> int:
    for template in templates:
        row = [
            next(tiles(Choice(templates=[template], formats=[fmt], locales=[locale]), proof=True))
            for fmt, locale in STRIP
        ]
        if faults := [tile for tile in row if tile.fault]:
            print(*(f"{tile.name}: {tile.fault}" for tile in faults), sep="\n")
            return 1
        print(write_strip(out, template, row))
    return 0


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
