"""Variants: one coordinate each, with its words, its scene and what shapes its picture."""

import dataclasses
import datetime as dt
import decimal
import functools
import pathlib
from collections.abc import Iterator, Mapping

from pipeline.campaign.calendar import running_offers, wall_clock
from pipeline.campaign.formats import Format, known_formats
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Budget, Checks
from pipeline.plan.branding import Branding, branding_of
from pipeline.plan.catalogue import STUDIO, capabilities
from pipeline.plan.choice import UNKNOWN, Known, demand_of, wordings
from pipeline.plan.job import Picture, PlateRequest, fingerprint_of
from pipeline.plan.lines import Line
from pipeline.plan.requests import Asker
from pipeline.plan.routing import MODEL, TYPESET, Route, chosen, routes
from pipeline.plan.scene import Scene
from pipeline.plan.sources import Templates
from pipeline.plan.staging import staged
from pipeline.plan.wording import Coordinate, lines_of
from pipeline.typeset.fonts import families, hashes
from pipeline.typeset.layout import Sheet


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One creative to make.

    Attributes:
        id: Stable and unique: campaign, offer, market, locale, format and day.
        key: The id without the day, which a coordinate keeps from day to day.
        campaign: The campaign's name.
        template: The template's name.
        offer: The offer's id.
        market: The market's id.
        locale: CLDR locale identifier.
        format: Size and file rules.
        day: The market's campaign day.
        lines: The lines that stand on the creative, in reading order.
        prices: `price` and `was` to the day's amounts, for those there are.
        scene: The scene.
        lettering: Role to `typeset` or `model`.
        why: Role to the reason for that, in plain words.
        insists: Whether the campaign itself gives lines to the model, so that another seed is tried
            before they are set.
        mirrored: Whether its picture is turned left to right.
        lower: The same creative with fewer drawn lines, to the one that has none: what may be
            tried when its own picture does not pass.
        fonts: `display` and `text` to font character.
        palette: Colour name to #RRGGBB.
        allowed_words: Words that may stand on the picture unasked.
        checks: What the picture must reach beyond its text.
        logo: The brand's logo; None if its name is written out.
        request: The plate it needs.
        fallback: The plate that the studio paints, for nothing, should no other be had.
        budget: What may be paid for it.
        account: Who it is made for; empty if nobody is named.
        quota: Paid pictures that the account may have on a campaign day; None for any number.
        second_opinion: Whether Sentinel is asked about the finished picture, for the record.
        cost: What the plate costs, in US dollars, as text.
        saved: What its size saves against the format's own rounded up, in US dollars, as text.
        inputs: What shaped it, by name; a change of one is the reason for a new picture.
    """

    id: str
    key: str
    campaign: str
    template: str
    offer: str
    market: str
    locale: str
    format: Format
    day: dt.date
    lines: tuple[Line, ...]
    prices: dict[str, decimal.Decimal]
    scene: Scene
    lettering: dict[str, str]
    why: dict[str, str]
    insists: bool
    mirrored: bool
    lower: "tuple[Variant, ...]"
    fonts: dict[str, str]
    palette: dict[str, str]
    allowed_words: frozenset[str]
    checks: Checks
    logo: Picture | None
    request: PlateRequest
    fallback: PlateRequest
    budget: Budget
    account: str
    quota: int | None
    second_opinion: bool
    cost: str
    saved: str
    inputs: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Return the hash of everything that shapes the picture."""
        return fingerprint_of(self.inputs)

    @property
    def drawn(self) -> tuple[Line, ...]:
        """Return the lines that the image model draws."""
        return tuple(line for line in self.lines if self.lettering[line.role] == MODEL)

    def on_fallback(self, why: str) -> "Variant":
        """Return it on the plate that the studio paints, every line set.

        Args:
            why: Why it is, in plain words; the reason of every line.
        """
        return dataclasses.replace(
            self,
            request=self.fallback,
            lettering=dict.fromkeys(self.lettering, TYPESET),
            why=dict.fromkeys(self.lettering, why),
            insists=False,
            mirrored=False,
            lower=(),
        )

    @property
    def sheet(self) -> Sheet:
        """Return the sheet that its words are set on."""
        return Sheet(
            width=self.format.width,
            height=self.format.height,
            locale=self.locale,
            display=self.fonts["display"],
            text=self.fonts["text"],
            density=self.format.density,
        )


def variants_of(
    loaded: LoadedCampaign,
    days: Mapping[str, dt.date],
    drawn_with: tuple[pathlib.Path, str],
    known: Known = UNKNOWN,
    instant: dt.datetime | None = None,
) -> Iterator[Variant]:
    """Yield the variants of a campaign, in the order of the file.

    Args:
        loaded: The campaign.
        days: Market to campaign day; markets that are not in it are left out.
        drawn_with: The folder of all templates, and name and version of the typesetting engine,
            which shapes every picture.
        known: What earlier runs left behind.
        instant: Now, by which an offer that begins or ends in the course of a market's day is
            judged; None counts any part of the day.

    Raises:
        TemplateError: If a scene template cannot be rendered.
        UsageError: If there is no such provider or model, or it makes no picture of a format.
    """
    campaign = loaded.campaign
    tools = (Templates(drawn_with[0]), drawn_with[1], known, branding_of(loaded))
    for market in (name for name in campaign.markets if name in days):
        at = wall_clock(campaign.markets[market].time_zone, instant) if instant else None
        for running in running_offers(campaign, days[market], at):
            for locale in campaign.markets[market].locales:
                where = Coordinate(
                    campaign=campaign,
                    offer=running.offer,
                    running=running,
                    market=market,
                    locale=locale,
                    day=days[market],
                )
                lines = lines_of(where)
                for name in campaign.formats:
                    fmt = _lightened(known_formats()[name], campaign.checks)
                    yield _variant(loaded, where, lines, fmt, tools)


def _lightened(fmt: Format, checks: Checks) -> Format:
    """Return a format whose files weigh no more than the campaign allows."""
    if checks.kilobytes is None:
        return fmt
    return dataclasses.replace(fmt, most_bytes=min(fmt.most_bytes, int(checks.kilobytes * 1000)))


def _variant(
    loaded: LoadedCampaign,
    at: Coordinate,
    lines: tuple[Line, ...],
    fmt: Format,
    tools: tuple[Templates, str, Known, Branding],
) -> Variant:
    """Return a creative in the way of lettering that is to be tried first."""
    templates, engine, known, branding = tools
    campaign = at.campaign
    scene = staged(templates.scenes, at, lines, fmt)
    shown = tuple(line for line in lines if line.role in scene.texts())
    asker = Asker(
        loaded=loaded, at=at, format=fmt, scene=scene, templates=templates, branding=branding
    )
    demand = demand_of(asker, known)
    found = routes(shown, demand)
    every = [_lettered(asker, shown, route, engine) for route in found]
    before = known.delivered.get(every[0].key)
    stands = [variant.fingerprint == before for variant in every]
    have = [variant.request.fingerprint in known.plates for variant in every]
    texts = wordings(campaign, at.offer) if len(found) > 1 else 1
    first = stands.index(True) if any(stands) else chosen(found, have, texts)
    return dataclasses.replace(every[first], lower=tuple(every[first + 1 :]))


def _lettered(asker: Asker, shown: tuple[Line, ...], route: Route, engine: str) -> Variant:
    """Return a creative, lettered in one way."""
    at, fmt, scene, templates = asker.at, asker.format, asker.scene, asker.templates
    campaign, loaded, branding = at.campaign, asker.loaded, asker.branding
    able = capabilities(campaign.provider)
    request, size = asker.request(able, route.lettering)
    studio = asker.request(capabilities(STUDIO), dict.fromkeys(route.lettering, TYPESET))[0]
    mirrored = asker.mirrors(able, route.lettering)
    locale = at.locale.lower().replace("_", "-")
    key = f"{campaign.campaign}--{at.offer}--{at.market}--{locale}--{fmt.name}"
    return Variant(
        id=f"{key}--{at.day.isoformat()}",
        key=key,
        campaign=campaign.campaign,
        template=campaign.template,
        offer=at.offer,
        market=at.market,
        locale=at.locale,
        format=fmt,
        day=at.day,
        lines=shown,
        prices=at.amounts,
        scene=scene,
        lettering=route.lettering,
        why=route.why,
        insists=route.insists,
        mirrored=mirrored,
        lower=(),
        fonts=branding.fonts,
        palette=branding.palette,
        allowed_words=branding.allowed_words,
        checks=campaign.checks,
        logo=branding.logo,
        request=request,
        fallback=studio if able.name != STUDIO else request,
        budget=campaign.budget,
        account=campaign.account or "",
        quota=loaded.tier.daily if loaded.tier else None,
        second_opinion=campaign.second_opinion == "sentinel",
        cost="0" if request.pin else str(able.cost(request)),
        saved="0" if request.pin else str(size.saved),
        inputs={
            **{f"line {line.role}": line.text for line in shown},
            "template": templates.scene_sha256(campaign.template),
            "layout": templates.layout_sha256(campaign.template),
            "scene": fingerprint_of(scene.model_dump(mode="json")),
            "plate": request.fingerprint + ("-mirrored" if mirrored else ""),
            "format": f"{fmt.width}x{fmt.height}, at most {fmt.most_bytes} bytes",
            "safe": ", ".join(f"{side:g}" for side in fmt.safe),
            "type": _type_fingerprint(tuple(branding.fonts.values()), at.locale, engine),
            **branding.inputs,
        },
    )


@functools.lru_cache(maxsize=1024)
def _type_fingerprint(characters: tuple[str, ...], locale: str, engine: str) -> str:
    stacks = [families(character, locale) for character in characters]
    return fingerprint_of([engine, locale, *(hashes(stack) for stack in stacks)])
