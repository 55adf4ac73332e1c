"""Creatives of the studio in great variety, each made from a number: the same one every time."""

import dataclasses
import datetime as dt
import functools
import io
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import PIL.Image

from pipeline.campaign.copychecks import localized
from pipeline.campaign.formats import known_formats
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Campaign
from pipeline.dayplan import load
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.creative import Creative
from pipeline.produce.finish import decode, encode, ground_file
from pipeline.produce.providers.studio import Studio
from pipeline.proof.reading import Pixels
from pipeline.settings import PROJECT, read_settings
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import CHARACTERS
from pipeline.typeset.lettering import Canvas, Letterer
from pipeline.typeset.renderer import TakumiRenderer

FIRST_DAY = dt.date(2026, 11, 2)
DAYS = 300
BACKDROPS = ("as designed", "as designed", "board", "nightsky", "spotlight", "sunburst")
PALETTES = (
    ("#1B1210", "#FFF8EC", "#FFC83D", "#C63F1C"), ("#20160F", "#FBF4E6", "#E9A23B", "#9C3D1E"),
    ("#14122B", "#F6F3FF", "#C9B8FF", "#4B35D1"), ("#0E1030", "#FFF3DE", "#FFB547", "#C6531F"),
    ("#17211B", "#F7F5EC", "#F4C95D", "#2F6B4F"), ("#0B2B33", "#F2FBFA", "#8FE3CF", "#0E7490"),
    ("#2A0A1F", "#FFF1F6", "#FFB3CC", "#B3124F"), ("#101820", "#F4F6F8", "#FEE715", "#2457A6"),
    ("#2B1D0E", "#FDF6E3", "#D9C27A", "#7A5C00"), ("#1A1A1A", "#FFFFFF", "#D0D0D0", "#555555"),
    ("#06281A", "#EFFBEF", "#B7E778", "#1C7C3C"), ("#300A0A", "#FFF4F0", "#FFC1A6", "#A61E1E"),
)  # fmt: skip
"""Ink, paper, accent and action."""
BORROWERS = {"ar_AE": {"ar_EG": "EGP", "fa_IR": "IRR"}, "hi_IN": {"mr_IN": "INR"}}
"""Locale to others that borrow its words, with their currencies: they write other digits."""
TEXTURED = 0.4
"""Share of the plates that get soft spots and coarse grain, as photographs have."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A right creative.

    Attributes:
        creative: What it takes to plant errors in it.
        delivered: Its pixels, after encoding.
        ground: The pixels under the words, as the proof gets them.
        content: The file.
    """

    creative: Creative
    delivered: Pixels
    ground: Pixels
    content: bytes


@functools.cache
def campaigns() -> tuple[LoadedCampaign, ...]:
    """Return the example campaigns."""
    return load(sorted((PROJECT / "campaigns").glob("*.yaml")), read_settings({}, 1))


@functools.cache
def places() -> tuple[tuple[int, str, str], ...]:
    """Return campaign number, market and locale of all copy there is, locale by locale.

    A locale with digits of its own comes beside the one whose words it borrows.
    """
    found = [
        (number, market, locale)
        for number, loaded in enumerate(campaigns())
        for market, one in loaded.campaign.markets.items()
        for own in one.locales
        for locale in (own, *BORROWERS.get(own, ()))
    ]
    by_locale: dict[str, list[tuple[int, str, str]]] = {}
    for place in found:
        by_locale.setdefault(place[2], []).append(place)
    most = max(map(len, by_locale.values()))
    return tuple(some[turn % len(some)] for turn in range(most) for some in by_locale.values())


def made(number: int, renderer: TakumiRenderer) -> Made | None:
    """Return the creative of a number; None if its words cannot be set as the dice fell.

    Args:
        number: Locales take turns; all else (day, format, palette, fonts, backdrop, texture)
            is drawn from it.
        renderer: Measures and paints.
    """
    dice = np.random.default_rng(number)
    variant = _variant(number, dice, tuple(known_formats()), renderer.engine)
    if variant is None:
        return None
    plate = _plate(variant, dice, renderer)
    canvas = Canvas(
        plate=plate, template=variant.template, sheet=variant.sheet, palette=variant.palette
    )
    letterer = Letterer(renderer=renderer, layouts=PROJECT / "templates" / "layouts")
    lettered = letterer.letter(canvas, variant.scene.lettering)
    if isinstance(lettered, Misfit):
        return None
    content = encode(lettered.picture, variant.format)
    if content is None:
        return None
    ground = ground_file(lettered.ground)
    size = (variant.format.width, variant.format.height)
    return Made(
        creative=Creative(
            variant=variant, settings=lettered.settings, base=_png(lettered.ground), ground=ground
        ),
        delivered=decode(content, *size),
        ground=decode(ground, *size),
        content=content,
    )


def others(variant: Variant) -> dict[str, list[str]]:
    """Return role to the line in all locales of the campaign, on the same day."""
    loaded = next(one for one in campaigns() if one.campaign.campaign == variant.campaign)
    return _others(campaigns().index(loaded), variant.day, variant.format.name)


@functools.lru_cache(maxsize=64)
def _others(number: int, day: dt.date, fmt: str) -> dict[str, list[str]]:
    loaded = campaigns()[number]
    days = dict.fromkeys(loaded.campaign.markets, day)
    single = loaded.campaign.model_copy(update={"formats": (fmt,)})
    found: dict[str, list[str]] = {}
    loaded = dataclasses.replace(loaded, campaign=single)
    for variant in variants_of(loaded, days, (PROJECT / "templates", "none")):
        for line in variant.lines:
            found.setdefault(line.role, []).append(line.text)
    return found


def _variant(
    number: int, dice: np.random.Generator, formats: Sequence[str], engine: str
) -> Variant | None:
    which, market, locale = places()[number % len(places())]
    loaded = campaigns()[which]
    campaign = _lent(loaded.campaign, market, locale)
    names = ("ink", "paper", "accent", "action")
    colours = dict(zip(names, PALETTES[dice.integers(len(PALETTES))], strict=True))
    kinds = {part: CHARACTERS[dice.integers(len(CHARACTERS))] for part in ("display", "text")}
    brand = campaign.brand.model_copy(
        update={
            "palette": campaign.brand.palette.model_copy(update=colours),
            "fonts": campaign.brand.fonts.model_copy(update=kinds),
        }
    )
    fmt = formats[int(dice.integers(len(formats)))]
    varied = campaign.model_copy(update={"brand": brand, "formats": (fmt,)})
    day = FIRST_DAY + dt.timedelta(days=int(dice.integers(DAYS)))
    loaded = dataclasses.replace(loaded, campaign=varied)
    found = variants_of(loaded, {market: day}, (PROJECT / "templates", engine))
    return next((one for one in found if one.locale == locale), None)


def _lent(campaign: Campaign, market: str, locale: str) -> Campaign:
    """Return a campaign whose market is in a locale, with borrowed words if it has none there."""
    own = campaign.markets[market]
    if locale in own.locales:
        return campaign
    lender = next(one for one in own.locales if locale in BORROWERS.get(one, ()))
    money = BORROWERS[lender][locale]
    there = own.model_copy(update={"locales": (locale,), "currency": money})

    def lent(texts: Mapping[str, str]) -> dict[str, str]:
        text = localized(texts, lender)
        return {**texts, **({} if text is None else {locale: text})}

    offers = {
        name: offer.model_copy(
            update={
                "copy_": {role: lent(texts) for role, texts in offer.copy_.items()},
                "items": {
                    key: item.model_copy(update={"name": lent(item.name)})
                    for key, item in offer.items.items()
                },
            }
        )
        for name, offer in campaign.offers.items()
    }
    shared = {role: lent(texts) for role, texts in campaign.copy_.items()}
    markets = {**campaign.markets, market: there}
    return campaign.model_copy(update={"markets": markets, "offers": offers, "copy_": shared})


def _plate(variant: Variant, dice: np.random.Generator, renderer: TakumiRenderer) -> Pixels:
    kind = BACKDROPS[dice.integers(len(BACKDROPS))]
    request = variant.request
    if kind != "as designed":
        colours = [*variant.scene.background.colours, *variant.palette.values()]
        changed = {**request.backdrop, "kind": kind, "colours": colours}
        request = dataclasses.replace(request, backdrop=changed)
    studio = Studio(PROJECT / "templates" / "plates", renderer)
    painted = studio.paint(request)
    plate = decode(painted, request.width, request.height)
    return _textured(plate, dice) if dice.random() < TEXTURED else plate


def _textured(plate: Pixels, dice: np.random.Generator) -> Pixels:
    height, width = plate.shape[:2]
    noise = dice.normal(0, 1, (height, width)).astype(np.float32)
    spots = cv2.GaussianBlur(noise, (0, 0), float(dice.uniform(4, 24)))
    strength = float(dice.uniform(4, 22)) / max(1e-6, float(spots.std()))
    grain = dice.normal(0, float(dice.uniform(1, 4)), (height, width, 1))
    mixed = plate.astype(np.float32) + spots[:, :, None] * strength + grain
    return np.asarray(np.clip(mixed, 0, 255).round(), np.uint8)


def _png(picture: Pixels) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(picture).save(out, "PNG", compress_level=1)
    return out.getvalue()
