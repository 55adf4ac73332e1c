"""Sizes to make: legal, of the format's ratio, and never dearer than the naive size."""

import decimal
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.campaign.formats import Format, known_formats
from pipeline.errors import UsageError
from pipeline.plan.catalogue import Price, SizeRule, capabilities, megapixels, providers
from pipeline.plan.sizes import (
    MOST_CROP,
    MOST_ENLARGED,
    MOST_UPSCALE,
    exactly,
    naive_size,
    size_for,
)

FLEX = capabilities("runflow").model("flux-2-flex")
PAID = [
    (f"{name}-{label}", model)
    for name in providers()
    for label, model in capabilities(name).models.items()
    if name != "studio"
]


LARGEST = 4 * 1024 * 1024


def lost_of_the_nearest_ratio(fmt: Format, rule: SizeRule) -> float:
    """Return the share that is cut of the longest, or of the widest, picture of a model."""
    ratio = fmt.width / fmt.height
    longest = rule.most / rule.least
    return max(0.0, 1 - longest / max(ratio, 1 / ratio))


def test_a_banner_is_cut_out_of_the_widest_picture_that_a_model_makes() -> None:
    turbo = capabilities("fal").model("flux-2-turbo")  # 512 to 2048 pixels a side: 4:1 at most
    wide, tall = (
        size_for(*size, turbo.size, turbo.price, "production") for size in ((728, 90), (90, 728))
    )
    assert (wide.width, wide.height) == (2048, 512)
    assert (tall.width, tall.height) == (512, 2048)
    assert wide.crop == tall.crop == pytest.approx(1 - 4 / (728 / 90))
    assert wide.upscale < 1


@pytest.mark.parametrize(("label", "model"), PAID, ids=[label for label, _ in PAID])
def test_every_format_has_a_legal_size_no_dearer_than_the_naive_one(
    label: str, model: object
) -> None:
    assert label
    assert isinstance(model, type(FLEX))
    for fmt, quality in itertools.product(known_formats().values(), MOST_UPSCALE):
        plan = size_for(fmt.width, fmt.height, model.size, model.price, quality)
        naive = model.price.of(*naive_size(fmt.width, fmt.height, model.size))
        assert model.size.allows(plan.width, plan.height)
        assert plan.crop <= lost_of_the_nearest_ratio(fmt, model.size) + MOST_CROP
        large = fmt.width * fmt.height > LARGEST  # no model makes a picture of that size
        assert plan.upscale <= (MOST_ENLARGED if large else MOST_UPSCALE[quality])
        assert model.price.of(plan.width, plan.height) == naive - plan.saved <= naive


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(200, 2000),
    height=st.integers(200, 2000),
    quality=st.sampled_from(sorted(MOST_UPSCALE)),
)
def test_any_format_keeps_its_ratio_and_its_price(width: int, height: int, quality: str) -> None:
    plan = size_for(width, height, FLEX.size, FLEX.price, quality)
    assert FLEX.size.allows(plan.width, plan.height)
    assert abs(plan.width / plan.height / (width / height) - 1) <= MOST_CROP / (1 - MOST_CROP)
    naive = naive_size(width, height, FLEX.size)
    assert megapixels(plan.width, plan.height) <= megapixels(*naive)


@pytest.mark.parametrize(
    ("fmt", "quality", "size", "saved"),
    [
        ("meta-square", "production", (1024, 1024), "0.05"),
        ("meta-square", "final", (1088, 1088), "0"),
        ("meta-feed-4x5", "final", (1088, 1360), "0"),
        ("meta-story-9x16", "draft", (768, 1360), "0.05"),
        ("meta-story-9x16", "final", (1088, 1920), "0"),
        ("menu-16x9", "production", (1360, 768), "0.05"),
    ],
)
def test_the_sizes_of_well_known_formats(
    fmt: str, quality: str, size: tuple[int, int], saved: str
) -> None:
    one = known_formats()[fmt]
    plan = size_for(one.width, one.height, FLEX.size, FLEX.price, quality)
    assert ((plan.width, plan.height), plan.saved) == (size, decimal.Decimal(saved))


def test_a_final_picture_does_not_pay_a_megapixel_for_a_few_rows() -> None:
    plan = size_for(1088, 1936, FLEX.size, FLEX.price, "final")  # 2.009 MP would bill 3
    assert megapixels(plan.width, plan.height) == 2
    assert plan.saved == decimal.Decimal("0.05")


def test_the_studio_makes_every_format_as_it_is() -> None:
    studio = capabilities("studio").model("")
    plan = size_for(1080, 1350, studio.size, studio.price, "draft")
    assert (plan.width, plan.height, plan.crop, plan.upscale) == (1080, 1350, 0, 1)


def test_a_size_of_the_campaigns_own_is_measured_and_saves_nothing() -> None:
    plan = exactly(1024, 1024, (1080, 1350))
    assert plan.upscale == pytest.approx(1350 / 1024)
    assert plan.crop == pytest.approx(0.2)
    assert plan.saved == 0


def test_a_format_that_the_model_cannot_fill_is_named() -> None:
    small = SizeRule(multiple=16, least=512, most=1024, most_pixels=2**20)
    free = Price(first=USD0, further=USD0, input=USD0)
    with pytest.raises(UsageError, match="no size of this model fits 500x2000 in quality draft"):
        size_for(500, 2000, small, free, "draft")


USD0 = decimal.Decimal(0)
