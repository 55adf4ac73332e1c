"""Briefings: what a translator is told about a text, measured with the typesetter itself."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Iterator, Mapping, Sequence

import babel

from pipeline.campaign.calendar import RunningOffer
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.message import Placeholder, parse_message
from pipeline.campaign.messages.catalogue import Notice
from pipeline.campaign.messages.plurals import numbers_of
from pipeline.campaign.messages.texts import EVERY_OFFER, Message
from pipeline.campaign.scalars import LONGEST_COPY
from pipeline.plan.variants import Variant, variants_of
from pipeline.plan.wording import Coordinate, value_text
from pipeline.typeset.block import Block, BlockLine
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import families
from pipeline.typeset.layout import SMALLEST_PIXELS, lay_out
from pipeline.typeset.renderer import Renderer, TextStyle

EXAMPLE_DAY = dt.date(2026, 11, 27)
"""The day on which examples are, if the campaign does not end on one."""

_WITHOUT_SPACES = frozenset({"ja", "km", "lo", "my", "th", "zh"})
"""Languages that set no spaces between words."""
_ROLES = {"cta": "Button", "offer": "Second line", "was_price": "Former price"}
_STANDS_FOR = {
    "price": "the price",
    "was": "the former price",
    "saving": "what is saved",
    "discount": "the reduction",
    "day": "the day it runs",
    "until": "the last day",
}


_Place = tuple[Variant, Block, BlockLine]
"""A line, where it stands."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much room a line has in one format, at the smallest size it may be set in.

    Attributes:
        format: The format.
        family: The font family.
        size: The smallest size in pixels.
        width: Width of a row in pixels.
        rows: How many rows there are.
        characters: How many characters of the locale's own words can be set there.
    """

    format: str
    family: str
    size: float
    width: float
    rows: int
    characters: int

    def __str__(self) -> str:
        rows = f"{self.rows} row{'s' if self.rows > 1 else ''} of {self.width:.0f} px"
        where = f"{self.family} at {self.size:.0f} px ({self.format})"
        return f"Room: {rows} in {where}, about {self.characters} characters"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Briefer:
    """Tells translators about the texts of one campaign.

    Attributes:
        loaded: The campaign, every market of which speaks the source's locale.
        variants: Its creatives of all offers in all markets, on one day.
        renderer: Measures.
        pictures: Offer to the address of its picture, relative to the catalogue.
        measured: Format, role and locale to the characters that fit, once they were tried; what
            else stands in the block differs little from offer to offer.
    """

    loaded: LoadedCampaign
    variants: Sequence[Variant]
    renderer: Renderer
    pictures: Mapping[str, str]
    measured: dict[tuple[str, str, str], int] = dataclasses.field(default_factory=dict)

    def notice(self, message: Message) -> Notice:
        """Return what a translator is told about a message."""
        document = self.loaded.document
        line = document.line_of((*message.text.path, message.key))
        return Notice(
            comments=tuple(self._comments(message)),
            place=(pathlib.Path(document.file).name, line),
        )

    def room(self, message: Message) -> Room | None:
        """Return the tightest room that a message's line has; None if no format shows it."""
        rooms = [(self._room(place, message.locale), place) for place in self._places(message)]
        if not rooms:
            return None
        room, place = min(rooms, key=lambda pair: pair[0].characters)
        key = (room.format, place[2].role, message.locale)
        if key not in self.measured:
            self.measured[key] = self._longest(place, message.locale, room.characters)
        return dataclasses.replace(room, characters=self.measured[key])

    def _comments(self, message: Message) -> Iterator[str]:
        role, offer = message.text.role, message.text.offer
        named = _ROLES.get(role, role.replace("_", " ").replace("item.", "dish ").capitalize())
        subject = "" if offer == EVERY_OFFER else self.loaded.campaign.offers[offer].subject
        whose = "of all offers" if offer == EVERY_OFFER else f"of the offer {offer}"
        yield f"{named} {whose}{f': {subject}' if subject else ''}"
        if room := self.room(message):
            yield str(room)
        for place in dict.fromkeys(parse_message(message.source).placeholders):
            yield self._meaning(place, message)
        if message.ids[1]:
            yield f"Forms: {_forms(message.locale)}"
        shown = [self.pictures[one] for one in self._offers(message) if one in self.pictures]
        if shown:
            yield f"Picture: {shown[0]}"

    def _offers(self, message: Message) -> list[str]:
        offers = self.loaded.campaign.offers
        if message.text.offer != EVERY_OFFER:
            return [message.text.offer]
        return [name for name, one in offers.items() if message.text.role not in one.copy_]

    def _places(self, message: Message) -> Iterator[_Place]:
        offers = self._offers(message)
        for variant in self.variants:
            if variant.market != message.market or variant.offer not in offers:
                continue
            role = self._role(message, variant.offer)
            for block in variant.scene.lettering:
                yield from ((variant, block, one) for one in block.lines if one.role == role)

    def _role(self, message: Message, offer: str) -> str:
        role = message.text.role
        if not role.startswith("item."):
            return role
        items = list(self.loaded.campaign.offers[offer].items)
        return f"item_{items.index(role.removeprefix('item.')) + 1}"

    def _room(self, place: _Place, locale: str) -> Room:
        """Return a line's room, the characters in it estimated by how wide the locale writes."""
        variant, block, line = place
        sheet = dataclasses.replace(variant.sheet, locale=locale)
        stack = families(sheet.display if line.font == "display" else sheet.text, locale)
        unit = sheet.scale / 100
        size = max(SMALLEST_PIXELS * sheet.density, line.size[0] * unit)
        width = block.place.pixels(sheet.width, sheet.height, sheet.direction)[2]
        width -= 2 * block.pad[0] * unit
        style = TextStyle(
            families=stack,
            weight=line.weight,
            spacing=line.spacing,
            direction=sheet.direction,
            language=sheet.language,
        )
        sample = _sample(locale)
        spread = self.renderer.measure([sample], style)[0] / len(sample)
        return Room(
            format=variant.format.name,
            family=stack[0],
            size=size,
            width=width,
            rows=line.rows,
            characters=round(line.rows * width / size / spread),
        )

    def _longest(self, place: _Place, locale: str, estimate: int) -> int:
        """Return how many characters of a locale's own words can be set, tried by halving.

        It is looked for up to twice the estimate: rows end where words do.
        """
        variant, block, line = place
        sheet = dataclasses.replace(variant.sheet, locale=locale)
        most = min(2 * estimate, LONGEST_COPY)
        sample = " ".join([_sample(locale)] * 3)
        fits, fails = 0, most + 1
        middle = min(estimate, most)
        while fails - fits > 1:
            tried = line.model_copy(update={"text": sample[:middle].strip()})
            lines = tuple(tried if one is line else one for one in block.lines)
            laid = lay_out([block.model_copy(update={"lines": lines})], sheet, self.renderer)
            fits, fails = (fits, middle) if isinstance(laid, Misfit) else (middle, fails)
            middle = (fits + fails) // 2
        return fits

    def _meaning(self, place: Placeholder, message: Message) -> str:
        name = f"{{{place.name}}}"
        offer = self._offers(message)[0]
        campaign = self.loaded.campaign
        at = Coordinate(
            campaign=campaign,
            offer=offer,
            running=RunningOffer(offer=offer, price={}, was={}),
            market=message.market,
            locale=message.locale,
            day=day_of(self.loaded),
        )
        what = _STANDS_FOR.get(place.name, "a fact of the offer")
        what = "the number that chooses the form" if place.chooses else what
        example = str(value_text(at, place))
        return f"{name} is {what}{f', such as {example}' if example else ''}"


def briefer_of(
    loaded: LoadedCampaign,
    drawn_with: tuple[pathlib.Path, str],
    renderer: Renderer,
    pictures: Mapping[str, str],
) -> Briefer:
    """Return who tells translators about the texts of a campaign.

    Args:
        loaded: The campaign, every market of which speaks the source's locale.
        drawn_with: The folder of all templates, and the typesetting engine's version.
        renderer: Measures.
        pictures: Offer to the address of its picture.

    Raises:
        TemplateError: If a scene template cannot be rendered.
    """
    every = every_offer(loaded)
    days = dict.fromkeys(every.campaign.markets, day_of(every))
    variants = tuple(variants_of(every, days, drawn_with))
    return Briefer(loaded=every, variants=variants, renderer=renderer, pictures=pictures)


def every_offer(loaded: LoadedCampaign) -> LoadedCampaign:
    """Return a campaign of which all offers run on any day to its last."""
    open_ended = loaded.campaign.model_copy(update={"days": {}, "valid_from": None})
    return dataclasses.replace(loaded, campaign=open_ended)


def day_of(loaded: LoadedCampaign) -> dt.date:
    """Return the day that examples are of: the campaign's last, if it has one."""
    return loaded.campaign.valid_to or EXAMPLE_DAY


def _sample(locale: str) -> str:
    """Return words that a locale is sure to have: its months and days, without figures."""
    parsed = babel.Locale.parse(locale)
    words = [*parsed.months["format"]["wide"].values(), *parsed.days["format"]["wide"].values()]
    letters = ["".join(c for c in str(word) if not c.isdigit()) for word in words]
    return ("" if parsed.language in _WITHOUT_SPACES else " ").join(letters)


def _forms(locale: str) -> str:
    found = []
    for place, (category, numbers) in enumerate(numbers_of(locale).items()):
        shown = ", ".join(str(number) for number in numbers[:4])
        more = ", …" if len(numbers) > len(numbers[:4]) else ""
        found.append(f"[{place}] {category}: {shown}{more}")
    return "; ".join(found)
