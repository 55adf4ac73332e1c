"""Variants: one coordinate each, with its words, its scene and what shapes its picture."""

import dataclasses
import datetime as dt
import functools
import pathlib
import types
from collections.abc import Iterator, Mapping

import babel

from pipeline.campaign.calendar import running_offers
from pipeline.campaign.formats import Format, known_formats
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Budget, Campaign, Checks
from pipeline.plan.asked import parameters_of
from pipeline.plan.catalogue import STUDIO, Capabilities, Model, capabilities
from pipeline.plan.job import Picture, PlateRequest, canonical, fingerprint_of, seed_of
from pipeline.plan.lines import Line
from pipeline.plan.pictures import picture_of, references_of
from pipeline.plan.prompt import prompt_of
from pipeline.plan.routing import TYPESET, route
from pipeline.plan.scene import Scene, render_scene, template_sha256
from pipeline.plan.sizes import SizePlan, exactly, size_for
from pipeline.plan.wording import Coordinate, lines_of
from pipeline.typeset.fonts import families, hashes
from pipeline.typeset.layout import Sheet
from pipeline.typeset.markup import sources_sha256

_TALL, _PORTRAIT, _SQUARE, _SMALL = 0.7, 0.95, 1.2, 400


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
        scene: The scene.
        lettering: Role to `typeset` or `model`.
        fonts: `display` and `text` to font character.
        palette: Colour name to #RRGGBB.
        allowed_words: Words that may stand on the picture unasked.
        checks: What the picture must reach beyond its text.
        logo: The brand's logo; None if its name is written out.
        request: The plate it needs.
        fallback: The plate that the studio paints, for nothing, should no other be had.
        budget: What may be paid for it.
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
    scene: Scene
    lettering: dict[str, str]
    fonts: dict[str, str]
    palette: dict[str, str]
    allowed_words: frozenset[str]
    checks: Checks
    logo: Picture | None
    request: PlateRequest
    fallback: PlateRequest
    budget: Budget
    second_opinion: bool
    cost: str
    saved: str
    inputs: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Return the hash of everything that shapes the picture."""
        return fingerprint_of(self.inputs)

    @property
    def sheet(self) -> Sheet:
        """Return the sheet that its words are set on."""
        return Sheet(
            width=self.format.width,
            height=self.format.height,
            locale=self.locale,
            display=self.fonts["display"],
            text=self.fonts["text"],
        )


def variants_of(
    loaded: LoadedCampaign, days: Mapping[str, dt.date], templates: pathlib.Path, engine: str
) -> Iterator[Variant]:
    """Yield the variants of a campaign, in the order of the file.

    Args:
        loaded: The campaign.
        days: Market to campaign day; markets that are not in it are left out.
        templates: The folder of all templates.
        engine: Name and version of the typesetting engine, which shapes every picture.

    Raises:
        TemplateError: If a scene template cannot be rendered.
        UsageError: If there is no such provider or model, or it makes no picture of a format.
    """
    campaign = loaded.campaign
    for market in (name for name in campaign.markets if name in days):
        for running in running_offers(campaign, days[market]):
            for locale in campaign.markets[market].locales:
                at = Coordinate(
                    campaign=campaign,
                    offer=running.offer,
                    running=running,
                    market=market,
                    locale=locale,
                    day=days[market],
                )
                lines = lines_of(at)
                for name in campaign.formats:
                    fmt = _lightened(known_formats()[name], campaign.checks)
                    yield _variant(loaded, at, lines, fmt, (templates, engine))


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
    drawn_with: tuple[pathlib.Path, str],
) -> Variant:
    templates, engine = drawn_with
    campaign = at.campaign
    scene = render_scene(templates / "scenes", campaign.template, lines, _values(at, fmt))
    shown = tuple(line for line in lines if line.role in scene.texts())
    able = capabilities(campaign.provider)
    lettering = route(shown, campaign.lettering, draws_words=able.draws_words)
    request, size = _request(loaded, at, fmt, scene, _Drawn(able, lettering, templates))
    studio = _Drawn(capabilities(STUDIO), dict.fromkeys(lettering, TYPESET), templates)
    locale = at.locale.lower().replace("_", "-")
    key = f"{campaign.campaign}--{at.offer}--{at.market}--{locale}--{fmt.name}"
    fonts = campaign.brand.fonts.model_dump()
    logo = picture_of(loaded, campaign.brand.logo)
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
        scene=scene,
        lettering=lettering,
        fonts=fonts,
        palette=campaign.brand.palette.model_dump(),
        allowed_words=_allowed(campaign),
        checks=campaign.checks,
        logo=logo,
        request=request,
        fallback=_request(loaded, at, fmt, scene, studio)[0]
        if able is not studio.able
        else request,
        budget=campaign.budget,
        second_opinion=campaign.second_opinion == "sentinel",
        cost=str(able.cost(request)),
        saved=str(size.saved),
        inputs={
            **{f"line {line.role}": line.text for line in shown},
            "template": template_sha256(templates / "scenes", campaign.template),
            "layout": sources_sha256(templates / "layouts", f"{campaign.template}.html.j2"),
            "scene": fingerprint_of(scene.model_dump(mode="json")),
            "plate": request.fingerprint,
            "format": f"{fmt.width}x{fmt.height}, at most {fmt.most_bytes} bytes",
            "safe": ", ".join(f"{side:g}" for side in fmt.safe),
            "allowed": ", ".join(sorted(_allowed(campaign))),
            "checks": canonical(campaign.checks.model_dump(mode="json")),
            "palette": canonical(campaign.brand.palette.model_dump()),
            "logo": logo.sha256 if logo else "",
            "type": _type_fingerprint(tuple(fonts.values()), at.locale, engine),
        },
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Drawn:
    able: Capabilities
    lettering: dict[str, str]
    templates: pathlib.Path


def _request(
    loaded: LoadedCampaign, at: Coordinate, fmt: Format, scene: Scene, drawn: _Drawn
) -> tuple[PlateRequest, SizePlan]:
    campaign, able = at.campaign, drawn.able
    model = able.model(campaign.model)
    direction = babel.Locale.parse(at.locale).text_direction
    fonts = campaign.brand.fonts.model_dump()
    references = references_of(loaded, at.offer, scene, able, model)
    places = {one.name: place for place, one in enumerate(references, start=1)}
    size = _size(campaign, fmt, model)
    seed = campaign.generation.seed
    request = PlateRequest(
        provider=able.name,
        model=able.only or campaign.model,
        quality=campaign.quality,
        prompt=prompt_of(scene, drawn.lettering, fonts, fmt, places),
        width=size.width,
        height=size.height,
        seed=seed_of(campaign.campaign, at.offer, fmt.name) if seed is None else seed,
        parameters=parameters_of(campaign, model),
        backdrop=_backdrop(scene, direction, drawn.templates) if able.paints_backdrops else {},
        references=references,
    )
    return request, size


def _size(campaign: Campaign, fmt: Format, model: Model) -> SizePlan:
    asked = campaign.generation.image_size
    if asked is not None and model.size.multiple > 1:  # the studio makes every format as it is
        return exactly(*asked.pixels, (fmt.width, fmt.height))
    return size_for(fmt.width, fmt.height, model.size, model.price, campaign.quality)


def _allowed(campaign: Campaign) -> frozenset[str]:
    """Return the words that may stand unasked: a logo mostly says the brand's name."""
    brand = campaign.brand
    return frozenset(brand.allowed_words) | ({brand.name} if brand.logo else set())


def _backdrop(scene: Scene, direction: str, templates: pathlib.Path) -> dict[str, object]:
    return {
        "kind": scene.background.kind,
        "colours": list(scene.background.colours),
        "subjects": [subject.model_dump(mode="json") for subject in scene.subjects],
        "direction": direction,
        "template": sources_sha256(templates / "plates", f"{scene.background.kind}.html.j2"),
    }


def _values(at: Coordinate, fmt: Format) -> dict[str, object]:
    brand = at.campaign.brand
    ratio = fmt.width / fmt.height
    shape = "tall" if ratio < _TALL else "portrait" if ratio < _PORTRAIT else "square"
    return {
        "brand": types.SimpleNamespace(name=brand.name, logo=brand.logo is not None),
        "palette": types.SimpleNamespace(**brand.palette.model_dump()),
        "offer": types.SimpleNamespace(
            subject=at.campaign.offers[at.offer].subject or at.offer,
            pictured=at.campaign.offers[at.offer].picture is not None,
            items=len(at.campaign.offers[at.offer].items),
        ),
        "format": types.SimpleNamespace(
            name=fmt.name,
            width=fmt.width,
            height=fmt.height,
            shape=shape if ratio < _SQUARE else "landscape",
            small=min(fmt.width, fmt.height) < _SMALL,
        ),
    }


@functools.lru_cache(maxsize=1024)
def _type_fingerprint(characters: tuple[str, ...], locale: str, engine: str) -> str:
    stacks = [families(character, locale) for character in characters]
    return fingerprint_of([engine, locale, *(hashes(stack) for stack in stacks)])
