"""Requests: what a provider is asked for, for one creative and one way of lettering it."""

import dataclasses
import datetime as dt
import functools

import babel

from pipeline.campaign.formats import Format
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Campaign
from pipeline.plan.asked import parameters_of
from pipeline.plan.branding import Branding
from pipeline.plan.catalogue import Capabilities, Model
from pipeline.plan.job import PlateRequest, seed_of
from pipeline.plan.pictures import references_of
from pipeline.plan.prompt import kept_within, prompt_of
from pipeline.plan.routing import MODEL
from pipeline.plan.scene import Scene
from pipeline.plan.sizes import MOST_CROP, SizePlan, exactly, size_for
from pipeline.plan.sources import Templates
from pipeline.plan.wording import Coordinate

RTL = "rtl"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """What all requests of one creative have in common.

    Attributes:
        loaded: The campaign.
        at: Offer, market, locale and day.
        format: Size and file rules.
        scene: The scene.
        templates: All templates.
        branding: What all creatives of the campaign have in common.
    """

    loaded: LoadedCampaign
    at: Coordinate
    format: Format
    scene: Scene
    templates: Templates
    branding: Branding

    def request(
        self, able: Capabilities, lettering: dict[str, str]
    ) -> tuple[PlateRequest, SizePlan]:
        """Return the request of a picture, and what its size saves.

        Args:
            able: The provider.
            lettering: Role to `typeset` or `model`.

        Raises:
            TemplateError: If the scene calls a picture that the campaign does not have.
            UsageError: If the provider makes no picture of the format.
        """
        campaign = self.at.campaign
        model = able.model(campaign.model)
        references = references_of(self.loaded, self.at.offer, self.scene, able, model)
        places = {one.name: place for place, one in enumerate(references, start=1)}
        size = _size(campaign, self.format, model)
        direction = "ltr" if self.mirrors(able, lettering) else self.direction
        frame = self.format
        if size.crop > MOST_CROP:  # the model is told the ratio that it is to make
            frame = dataclasses.replace(frame, width=size.width, height=size.height)
        said = prompt_of(
            self.scene, lettering, self.branding.fonts, frame, places=places, direction=direction
        )
        request = PlateRequest(
            provider=able.name,
            model=able.only or campaign.model,
            quality=campaign.quality,
            prompt=" ".join([said, *_cut(size, self.format)]),
            width=size.width,
            height=size.height,
            seed=_seed(campaign, self.at, self.format),
            parameters=parameters_of(campaign, model),
            backdrop=self._backdrop() if able.paints_backdrops else {},
            references=references,
            pin=campaign.plate.pins.get(self.at.offer, {}).get(self.format.name, ""),
        )
        return request, size

    @property
    def direction(self) -> str:
        """Return the direction of the locale's script: ltr or rtl."""
        return _direction(self.at.locale)

    def mirrors(self, able: Capabilities, lettering: dict[str, str]) -> bool:
        """Return whether the picture of the other direction serves, mirrored.

        A picture without words and without the campaign's own pictures in it can be turned; so
        right-to-left locales cost nothing more.
        """
        bare = MODEL not in lettering.values()
        if self.direction != RTL or able.paints_backdrops or not bare:
            return False
        model = able.model(self.at.campaign.model)
        return not references_of(self.loaded, self.at.offer, self.scene, able, model)

    def _backdrop(self) -> dict[str, object]:
        background = self.scene.background
        return {
            "kind": background.kind,
            "colours": list(background.colours),
            "subjects": [subject.model_dump(mode="json") for subject in self.scene.subjects],
            "direction": self.direction,
            "template": self.templates.plate_sha256(background.kind),
        }


@functools.cache
def _direction(locale: str) -> str:
    return str(babel.Locale.parse(locale).text_direction)


def _cut(size: SizePlan, fmt: Format) -> list[str]:
    """Return what is said of a picture of which a part is planned to be cut; nothing of others."""
    if size.crop <= MOST_CROP:
        return []
    return [kept_within((size.width, size.height), (fmt.width, fmt.height))]


def _size(campaign: Campaign, fmt: Format, model: Model) -> SizePlan:
    asked = campaign.generation.image_size
    if asked is not None and model.size.multiple > 1:  # the studio makes every format as it is
        return exactly(*asked.pixels, (fmt.width, fmt.height))
    return size_for(fmt.width, fmt.height, model.size, model.price, campaign.quality)


def _seed(campaign: Campaign, at: Coordinate, fmt: Format) -> int:
    """Return the seed: a new one with each refresh, and one for each picture that takes a turn."""
    rules, seed = campaign.plate, campaign.generation.seed
    turn = [f"turn {at.day.toordinal() % rules.variants}"] if rules.variants > 1 else []
    fresh = [*_period(rules.refresh, at.day), *turn]
    if seed is not None:
        return seed_of(str(seed), *fresh) if fresh else seed
    return seed_of(campaign.campaign, at.offer, fmt.name, *fresh)


def _period(refresh: str, day: dt.date) -> list[str]:
    year, week, _ = day.isocalendar()
    periods = {
        "daily": [day.isoformat()],
        "weekly": [f"{year}-W{week:02}"],
        "monthly": [f"{day:%Y-%m}"],
    }
    return periods.get(refresh, [])
