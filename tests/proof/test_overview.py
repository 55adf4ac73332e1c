"""The overview: what a proof found, and where, in one picture."""

import dataclasses
import io
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pipeline.proof.caption import MOST, caption, stray
from pipeline.proof.labels import EXTRA, LOOKS
from pipeline.proof.overview import overview
from pipeline.proof.verdict import Box, Check, ExtraText, LineProof, Proof, Verdict

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio

BOX: Box = (400, 300, 800, 200)
IMAGE = np.full((1350, 1920, 3), (240, 200, 40), np.uint8)


def line(verdict: Verdict, read: str = "8,90 €", **changes: object) -> LineProof:
    made = LineProof(
        role="price",
        expected="8,90 €",
        read=read,
        verdict=verdict,
        box=BOX,
        reader="pp-ocr",
        confidence=0.99,
        shape=None,
        reason="" if verdict is Verdict.PASS else "the line reads differently",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def proof(*lines: LineProof, extra: tuple[ExtraText, ...] = (), **changes: object) -> Proof:
    order = (Verdict.FAIL, Verdict.UNSURE, Verdict.PASS)
    worst = min((one.verdict for one in lines), key=order.index, default=Verdict.FAIL)
    verdict = Verdict.FAIL if extra else worst
    made = Proof(verdict=verdict, lines=lines, extra=extra, readers={}, ms=1)
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def shown(studio: "Studio", found: Proof, image: "Pixels" = IMAGE) -> Image.Image:
    return Image.open(io.BytesIO(overview(image, found, studio.renderer))).convert("RGB")


def told(studio: "Studio", found: Proof) -> str:
    return caption(found, 960, studio.renderer).markup


def near(picture: Image.Image, place: tuple[int, int], colour: str) -> bool:
    wanted = np.array([int(colour[index : index + 2], 16) for index in (1, 3, 5)])
    x, y = place
    part = np.asarray(picture)[y - 6 : y + 7, x - 6 : x + 7].reshape(-1, 3).astype(int)
    return bool((np.abs(part - wanted).sum(axis=1) < 90).any())


@pytest.mark.parametrize("verdict", Verdict)
def test_boxes_and_the_caption_have_the_colour_of_their_verdict(
    studio: "Studio", verdict: Verdict
) -> None:
    picture = shown(studio, proof(line(verdict)))
    above = picture.height - 675
    assert picture.width == 960
    assert above > 24
    assert near(picture, (600, above + 300 // 2 + 50), "#F0C828")  # inside it is as delivered
    edge = np.asarray(picture)[above + 140 : above + 156, 300:500].reshape(-1, 3).astype(int)
    wanted = np.array([int(LOOKS[verdict].line[index : index + 2], 16) for index in (1, 3, 5)])
    assert (np.abs(edge - wanted).sum(axis=1) < 90).any()
    assert near(picture, (17, 26), LOOKS[verdict].colour)


def test_verdicts_are_told_apart_without_colour() -> None:
    looks = [*LOOKS.values(), EXTRA]
    assert len({(look.width, look.dashes) for look in looks}) == len(looks)
    assert len({look.sign for look in looks}) == len(looks)


def test_a_fault_is_lit_and_the_rest_of_the_picture_is_shaded(studio: "Studio") -> None:
    right, wrong = (shown(studio, proof(line(verdict))) for verdict in (Verdict.PASS, Verdict.FAIL))
    assert near(right, (900, right.height - 40), "#F0C828")
    corner = np.asarray(wrong)[-40, 900].astype(int)
    assert corner.max() < 110
    assert np.ptp(corner) < 20


def test_the_same_pixels_and_proof_are_the_same_bytes_whenever_they_were_proved(
    studio: "Studio",
) -> None:
    found = proof(line(Verdict.FAIL, "3,90 €"))
    first = overview(IMAGE, found, studio.renderer)
    later = dataclasses.replace(found, ms=99, readers={"pp-ocr": "9"})
    assert overview(IMAGE, later, studio.renderer) == first


def test_a_small_picture_is_enlarged_so_that_its_names_can_be_read(studio: "Studio") -> None:
    small = np.full((250, 300, 3), 230, np.uint8)
    found = proof(line(Verdict.PASS, box=(20, 20, 80, 30)))
    assert shown(studio, found, small).width == 900


@pytest.mark.parametrize("box", [(-50, -50, 20, 20), (5000, 20, 10, 10), (0, 0, 1920, 1350)])
def test_a_box_beyond_the_picture_is_drawn_at_its_edge(studio: "Studio", box: Box) -> None:
    assert shown(studio, proof(line(Verdict.FAIL, box=box))).width == 960


def test_the_caption_says_what_was_asked_for_and_read_and_marks_the_difference(
    studio: "Studio",
) -> None:
    markup = told(studio, proof(line(Verdict.FAIL, "3,90 €"), line(Verdict.PASS, role="cta")))
    assert "× FAIL" in markup
    assert "1 of 2 lines" in markup
    assert ">8</span>,90 €" in markup
    assert ">3</span>,90 €" in markup
    assert "cta" not in markup


def test_a_line_that_was_not_found_is_told_with_the_reason(studio: "Studio") -> None:
    reason = "the line was not found on the picture"
    lost = line(Verdict.FAIL, "", box=None, reason=reason)
    markup = told(studio, proof(lost))
    assert "× price" in markup
    assert reason in markup
    assert shown(studio, proof(lost)).width == 960


def test_a_line_that_reads_alike_is_told_with_the_reason(studio: "Studio") -> None:
    markup = told(studio, proof(line(Verdict.UNSURE)))
    assert "? UNSURE" in markup
    assert "the line reads differently" in markup


def test_what_nobody_asked_for_is_told_but_not_the_specks_of_a_changed_glyph(
    studio: "Studio",
) -> None:
    percent = ExtraText(text="50 %", box=(10, 10, 90, 40), reason="a number")
    speck = ExtraText(text="", box=(500, 400, 9, 9), reason="something stands here")
    alone = dataclasses.replace(speck, box=(10, 900, 9, 9))
    found = proof(line(Verdict.FAIL, "3,90 €"), extra=(percent, speck, alone))
    assert stray(found) == [percent, alone]
    markup = told(studio, found)
    assert "1 of 1 line, 2 things nobody asked for" in markup
    assert "50 %" in markup
    assert "something stands here" in markup
    right = proof(line(Verdict.PASS), extra=(speck,))
    assert stray(right) == [speck]


def test_a_check_that_fails_is_told_and_shown_at_its_line(studio: "Studio") -> None:
    check = Check(
        name="contrast",
        subject="price",
        measured=2.1,
        unit="to 1",
        limit=3.0,
        verdict=Verdict.FAIL,
        reason="2.1 to 1 is less than 3 to 1",
    )
    blank = dataclasses.replace(check, name="blur", subject="", reason="too soft")
    passed = dataclasses.replace(check, name="weight", verdict=Verdict.PASS, reason="")
    found = proof(line(Verdict.PASS), verdict=Verdict.FAIL, checks=(check, blank, passed))
    markup = told(studio, found)
    assert "2 of 3 checks" in markup
    assert "2.1 to 1 is less than 3 to 1" in markup
    assert "× picture" in markup
    assert "too soft" in markup
    assert np.asarray(shown(studio, found))[-40, 900].max() < 110


def test_many_faults_are_counted(studio: "Studio") -> None:
    wrong = [line(Verdict.FAIL, "3,90 €", role=f"price_{number}") for number in range(MOST + 3)]
    markup = told(studio, proof(*wrong))
    assert f"price_{MOST - 1}" in markup
    assert f"price_{MOST}" not in markup
    assert "and 3 more, on the picture" in markup


def test_a_long_line_is_shown_where_it_differs(studio: "Studio") -> None:
    text = "Nur am 27. November 2026 und solange der Vorrat reicht. " * 6
    wrong = text[:200] + "#" + text[201:]
    found = proof(line(Verdict.FAIL, wrong, expected=text, role="legal"))
    markup = told(studio, found)
    assert ">#</span>" in markup
    assert markup.count("…") == 4
    whole = caption(found, 9600, studio.renderer).markup
    assert "…" not in whole


def test_hundreds_of_specks_have_their_overview_in_no_time(studio: "Studio") -> None:
    specks = tuple(
        ExtraText(text="", box=(20 + 4 * number, 500, 3, 3), reason="ink") for number in range(400)
    )
    found = proof(line(Verdict.PASS), extra=specks)
    begun = time.process_time()
    assert shown(studio, found).width == 960
    assert time.process_time() - begun < 5


def test_words_of_a_picture_cannot_inject_markup(studio: "Studio") -> None:
    hostile = "</div><img src=x>&amp;"
    markup = told(studio, proof(line(Verdict.FAIL, hostile, role=hostile)))
    assert "<img" not in markup


def test_a_proof_of_no_line_still_has_an_overview(studio: "Studio") -> None:
    assert "no line was asked for" in told(studio, proof())
    assert shown(studio, proof()).width == 960
