"""What a campaign asks of its provider: how pictures are made, and what cannot be had."""

import dataclasses
import decimal
from collections.abc import Iterator

from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Campaign
from pipeline.errors import Problem
from pipeline.plan.catalogue import Capabilities, Model, capabilities, providers
from pipeline.plan.job import Parameters
from pipeline.plan.routing import MODEL

STEPS = {"draft": 15, "production": 28, "final": 50}
"""BFL's prompting guide: 10 to 20 steps for drafts, with a loss in the quality of type; 50 for
clean typography. 28 is the usual number of Runflow's and fal's flux-2-flex."""

GUIDANCE = {
    "draft": decimal.Decimal("3.5"),
    "production": decimal.Decimal("3.5"),
    "final": decimal.Decimal("7.0"),
}
"""About 7 gives clean type and costs realism (BFL's guide); 3.5 is Runflow's and fal's usual."""

_IN_CAMPAIGN = {
    "steps": "num_inference_steps",
    "guidance": "guidance_scale",
    "safety_tolerance": "safety_tolerance",
    "safety_checker": "enable_safety_checker",
    "output_format": "output_format",
    "sync_mode": "sync_mode",
}
"""Parameter to its name in campaign files."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A thing that the campaign asks for and the model does not take.

    Attributes:
        name: As campaign files name it.
        value: What was asked for.
        why: Why it is left out.
    """

    name: str
    value: str
    why: str


def parameters_of(campaign: Campaign, model: Model) -> Parameters:
    """Return how pictures are made: what the campaign says, else what its quality stands for."""
    values = {name: value for name, value in _asked(campaign, model).items() if name in model.takes}
    size = campaign.generation.image_size
    return Parameters(**values, preset=(size.preset or "") if size else "")  # type: ignore[arg-type]


def dropped(campaign: Campaign) -> tuple[Dropped, ...]:
    """Return what the campaign's file asks for and its model does not take.

    Steps and guidance count as asked for if the file gives a quality.

    Raises:
        UsageError: If there is no such provider or model.
    """
    able = capabilities(campaign.provider)
    model = able.model(campaign.model)
    said = campaign.generation.model_fields_set
    by_quality = {"steps", "guidance"} if "quality" in campaign.model_fields_set else set()
    why = f"{able.name} {able.only or campaign.model} does not take it"
    found = [
        Dropped(name=key, value=_text(_asked(campaign, model)[name]), why=why)
        for name, key in _IN_CAMPAIGN.items()
        if name not in model.takes and (key in said or name in by_quality - set(model.own))
    ]
    if (size := campaign.generation.image_size) and able.paints_backdrops:
        wide, high = size.pixels
        why = f"{able.name} makes every format in its own size"
        found.append(Dropped(name="image_size", value=f"{wide}x{high}", why=why))
    return tuple(found)


def unable(loaded: LoadedCampaign) -> Iterator[Problem]:
    """Yield what a campaign asks of its provider that the provider does not do."""
    campaign = loaded.campaign
    if campaign.provider not in providers():
        remedy = f"use one of: {', '.join(providers())}"
        yield loaded.problem(("provider",), "there is no such provider", remedy)
        return
    able = capabilities(campaign.provider)
    if campaign.lettering == MODEL and not able.draws_words:
        what = f"{campaign.provider} draws no words"
        yield loaded.problem(("lettering",), what, "use auto or typeset")
    if not able.only and campaign.model not in able.models:
        what = f"{campaign.provider} has no model {campaign.model!r}"
        yield loaded.problem(("model",), what, f"use one of: {', '.join(able.models)}")
        return
    if campaign.second_opinion == "sentinel" and campaign.provider != "runflow":
        what = f"{campaign.provider} has no sentinel"
        yield loaded.problem(("second_opinion",), what, "use it with runflow, or leave it out")
    yield from _size_problems(loaded, able)


def _size_problems(loaded: LoadedCampaign, able: Capabilities) -> Iterator[Problem]:
    size = loaded.campaign.generation.image_size
    rule = able.model(loaded.campaign.model).size
    if size is None or rule.allows(*size.pixels):
        return
    width, height = size.pixels
    what = f"{able.name} {loaded.campaign.model} does not make {width}x{height}"
    remedy = (
        f"use sides of {rule.least} to {rule.most} px, multiples of {rule.multiple}, "
        f"{rule.most_pixels:,} px in all, or leave the size to the plan"
    )
    yield loaded.problem(("generation", "image_size"), what, remedy)


def _asked(campaign: Campaign, model: Model) -> dict[str, object]:
    asked = campaign.generation
    guidance = model.own.get("guidance", GUIDANCE[campaign.quality])
    if asked.guidance_scale is not None:
        guidance = asked.guidance_scale
    return {
        "steps": asked.num_inference_steps or STEPS[campaign.quality],
        "guidance": guidance.quantize(decimal.Decimal("0.1")),
        "safety_tolerance": asked.safety_tolerance,
        "safety_checker": asked.enable_safety_checker,
        "output_format": asked.output_format,
        "sync_mode": asked.sync_mode,
    }


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
