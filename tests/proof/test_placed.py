"""What a channel shows smaller than it is uploaded is proved again as it is shown."""

import dataclasses

import numpy as np
import pytest

from pipeline.campaign.formats import known_formats
from pipeline.plan.lines import Line
from pipeline.proof.checks import Delivered, Demands
from pipeline.proof.delivery import Asked, proof_of
from pipeline.proof.placed import as_placed, settings_as_placed
from pipeline.proof.prove import Proofreader
from pipeline.proof.verdict import Verdict
from pipeline.typeset.setting import LineSetting
from tests.proof.conftest import Pixels, Studio

BANNER = known_formats()["display-300x250-2x"]
SIZE = (BANNER.width, BANNER.height)
OFF = {"palette_difference": "off", "drawn": "off", "blur": "off"}


def picture(studio: Studio, setting: LineSetting) -> Pixels:
    cover = studio.draw(setting, *SIZE).astype(np.float32)[:, :, None] / 255
    return np.rint(250 * (1 - cover) + 20 * cover).repeat(3, axis=2).astype(np.uint8)


def asked(setting: LineSetting) -> Asked:
    line = Line.of("headline", setting.text)
    return Asked(lines=[line], locale="de_DE", settings=[setting], allowed=frozenset())


@pytest.mark.parametrize("size", [26.0, 44.0, 90.0])
def test_a_line_drawn_again_agrees_with_the_picture_as_it_is_shown(
    studio: Studio, size: float
) -> None:
    setting = studio.set("Frische Bowls", "de_DE", (24.0, 60.0, size))
    shown = as_placed(picture(studio, setting), BANNER)
    assert shown.shape == (250, 300, 3)
    (small,) = settings_as_placed([setting], BANNER)
    assert (small.size, small.density, small.rows[0].x) == (size / 2, 2.0, 12.0)
    drawn = studio.draw(small, 300, 250).astype(int)
    covered = (250 - shown[:, :, 0].astype(int)) * 255 // 230
    assert np.abs(drawn - covered).max() <= 3


def test_settings_of_a_format_that_is_shown_as_it_is_stay(studio: Studio) -> None:
    setting = studio.set("Frische Bowls", "de_DE")
    plain = known_formats()["display-300x250"]
    assert settings_as_placed([setting], plain) == (setting,)
    image = picture(studio, setting)
    assert as_placed(image, plain) is image


def test_large_words_pass_at_both_sizes_and_the_proof_says_so(
    studio: Studio, proofreader: Proofreader
) -> None:
    setting = studio.set("Frische Bowls", "de_DE", (40.0, 60.0, 60.0))
    seen = Delivered(pixels=picture(studio, setting), ground=np.full((500, 600, 3), 250, np.uint8))
    proof = proof_of(proofreader, seen, asked(setting), demands())
    assert proof.verdict is Verdict.PASS
    (placed,) = [check for check in proof.checks if check.name == "placement"]
    assert (placed.subject, placed.verdict) == ("headline", Verdict.PASS)


def test_words_that_can_be_read_in_the_file_alone_are_refused(
    studio: Studio, proofreader: Proofreader
) -> None:
    setting = studio.set("Nur am 1. Dezember 2026", "de_DE", (40.0, 60.0, 10.0))
    seen = Delivered(pixels=picture(studio, setting), ground=np.full((500, 600, 3), 250, np.uint8))
    whole = dataclasses.replace(demands(), format=dataclasses.replace(BANNER, placed=None))
    assert proof_of(proofreader, seen, asked(setting), whole).verdict is Verdict.PASS
    proof = proof_of(proofreader, seen, asked(setting), demands())
    assert proof.verdict is Verdict.FAIL
    (placed,) = [check for check in proof.checks if check.name == "placement"]
    assert placed.reason.startswith("at 300 x 250 px, as it is shown: ")


def demands() -> Demands:
    limits = Demands().limits.model_validate(OFF)
    return Demands(limits=limits, palette={}, format=BANNER)
