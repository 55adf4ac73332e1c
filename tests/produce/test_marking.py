"""What a delivered file says of itself: how it came about, and where the manifest has it."""

import dataclasses
import io
import re
from collections.abc import Callable

import numpy as np
import PIL.Image
import pytest

from pipeline.plan.variants import Variant
from pipeline.produce.finish import encode
from pipeline.produce.marking import packet, prompt_sha256, source_type

Variants = Callable[..., list[Variant]]


def kind(variant: Variant) -> str:
    return source_type(variant).rpartition("/")[2]


def drawn_by(variant: Variant, **lettering: str) -> Variant:
    request = dataclasses.replace(variant.request, provider="bfl", prompt="a bowl")
    return dataclasses.replace(variant, request=request, lettering=lettering)


def test_a_file_carries_what_the_manifest_knows_it_by(variants: Variants) -> None:
    variant = variants()[0]
    size = (variant.format.height, variant.format.width, 3)
    content = encode(np.full(size, 90, np.uint8), variant.format, packet(variant))
    assert content is not None
    with PIL.Image.open(io.BytesIO(content)) as image:
        xmp = image.info["xmp"].decode()
    said = dict(re.findall(r':(\w+)="([^"]*)"', xmp))
    assert said["Fingerprint"] == variant.fingerprint
    assert said["Creative"] == variant.key
    assert said["PromptSHA256"] == prompt_sha256(variant)
    assert said["DigitalSourceType"] == source_type(variant)
    assert said["CreatorTool"] == "Proofpress"


def test_the_same_creative_says_the_same_on_every_day(variants: Variants) -> None:
    variant = variants()[0]
    tomorrow = dataclasses.replace(variant, id="another", cost="9.99")
    assert packet(tomorrow) == packet(variant)


def test_a_picture_that_a_model_drew_says_so(variants: Variants) -> None:
    plain = dataclasses.replace(variants()[0], logo=None)
    assert kind(drawn_by(plain, headline="model")) == "trainedAlgorithmicMedia"
    mixed = drawn_by(plain, headline="model", price="typeset")
    assert kind(mixed) == "compositeWithTrainedAlgorithmicMedia"


def test_a_picture_of_the_studio_says_what_it_is_made_of(variants: Variants) -> None:
    variant = dataclasses.replace(variants()[0], logo=None)
    subjects = variant.scene.subjects
    for pictured, said in ((True, "composite"), (False, "algorithmicMedia")):
        shown = tuple(one.model_copy(update={"picture": pictured}) for one in subjects)
        scene = variant.scene.model_copy(update={"subjects": shown})
        assert kind(dataclasses.replace(variant, scene=scene)) == said
    pinned = dataclasses.replace(variant.request, pin="0" * 64)
    assert kind(dataclasses.replace(variant, request=pinned)) == "composite"


@pytest.mark.parametrize("prompt", ["a bowl", 'a "bowl" <of> salad & more'])
def test_the_prompt_itself_is_not_in_the_file(variants: Variants, prompt: str) -> None:
    request = dataclasses.replace(variants()[0].request, provider="bfl", prompt=prompt)
    variant = dataclasses.replace(variants()[0], request=request)
    assert prompt.encode() not in packet(variant)
    assert len(prompt_sha256(variant)) == 64
