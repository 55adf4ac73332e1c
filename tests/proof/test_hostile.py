"""The whole proof against damaged pictures and readers that fail or lie: never a pass."""

import dataclasses
import gc
import json
import os
import pathlib
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ExitCode, UsageError
from pipeline.plan.lines import Line
from pipeline.proof.batch import proof_batch, prove_file
from pipeline.proof.find import DbFinder
from pipeline.proof.ppocr import LOOKS, PpOcr
from pipeline.proof.prove import Proofreader
from pipeline.proof.tesseract import Look, Tesseract
from pipeline.proof.verdict import Proof, Verdict
from tests.fakes import always, script
from tests.pictures import SEED, file

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio

pytestmark = pytest.mark.ocr

ASKED = [Line.of("price", "8,90 €")]
LOCALE = "de_DE"
FLIPS = 3
PROOFS = 140
With = Callable[[str], Proofreader]
"""Takes the body of the script that Tesseract becomes."""


@pytest.fixture(scope="module")
def engines() -> tuple[DbFinder, PpOcr]:
    """Return the finder and the strict reader, loaded once."""
    return DbFinder(), PpOcr()


@pytest.fixture
def with_tesseract(
    studio: "Studio", engines: tuple[DbFinder, PpOcr], goes_bad: Callable[[str], str]
) -> With:
    """Return what makes a proofreader whose Tesseract goes bad."""
    finder, strict = engines

    def make(body: str) -> Proofreader:
        program = goes_bad(body)
        looks = [Tesseract(look, timeout=0.25, program=program) for look in Look]
        return Proofreader(
            finders=(finder,), readers=(strict, strict.at(LOOKS[1]), *looks), drawer=studio.draw
        )

    return make


def shown(studio: "Studio", text: str, locale: str = LOCALE) -> "Pixels":
    return studio.picture([studio.set(text, locale, (20, 24, 44))], (420, 110))


@pytest.fixture(scope="module")
def wrong(studio: "Studio") -> "Pixels":
    """Return a picture with another price."""
    return shown(studio, "8,99 €")


@pytest.fixture(scope="module")
def right(studio: "Studio") -> "Pixels":
    """Return a picture with the right price."""
    return shown(studio, "8,90 €")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_no_flipped_bit_makes_a_wrong_price_pass(
    tmp_path: pathlib.Path, wrong: "Pixels", proofreader: Proofreader, kind: str
) -> None:
    whole = file(Image.fromarray(wrong), kind)
    rng = np.random.default_rng(SEED)
    judged = list[Verdict]()
    while len(judged) < FLIPS:
        flipped, place = bytearray(whole), int(rng.integers(0, len(whole) * 8))
        flipped[place // 8] ^= 1 << (place % 8)
        (tmp_path / "ad").write_bytes(flipped)
        try:
            judged.append(prove_file(tmp_path / "ad", LOCALE, ASKED, "fail", proofreader).verdict)
        except UsageError:
            continue
    assert Verdict.PASS not in judged


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_right_picture_that_is_cut_short_is_never_passed(
    tmp_path: pathlib.Path, right: "Pixels", proofreader: Proofreader, kind: str
) -> None:
    whole = file(Image.fromarray(right), kind)
    names = [f"{percent}.img" for percent in range(100)]
    for percent, name in enumerate(names):
        (tmp_path / name).write_bytes(whole[: len(whole) * percent // 100])
    requests = tmp_path / "day.jsonl"
    lines = [{"role": "price", "text": "8,90 €"}]
    asked = [json.dumps({"image": name, "locale": LOCALE, "lines": lines}) for name in names]
    requests.write_text("\n".join(asked), "utf-8")
    answers = list(proof_batch(requests, proofreader))
    assert [answer["verdict"] for answer in answers] == ["unsure"] * 100
    assert all(f"day.jsonl:{at}: " in answer["error"] for at, answer in enumerate(answers, 1))


def test_requests_that_no_parser_survives_are_answered(
    tmp_path: pathlib.Path, proofreader: Proofreader
) -> None:
    lines = [{"role": "price", "text": "8,90 €"}]
    names = ["x" * 300, "a\0b", "/dev/zero", str(tmp_path)]
    asked = [json.dumps({"image": name, "locale": LOCALE, "lines": lines}) for name in names]
    asked += ["[" * 100_000, "9" * 5000, '{"image": "\\ud800"}', "NaN", "\0"]
    (tmp_path / "day.jsonl").write_text("\n".join(asked), "utf-8")
    answers = list(proof_batch(tmp_path / "day.jsonl", proofreader))
    assert [answer["verdict"] for answer in answers] == ["unsure"] * len(asked)
    assert all(answer["error"] for answer in answers)


@pytest.mark.parametrize(
    "body",
    ["exec sleep 60", "kill -SEGV $$", "exit 0", "exec head -c 20000 /dev/urandom", "exec yes"],
    ids=["hangs", "crashes", "prints nothing", "prints noise", "never stops"],
)
def test_without_a_second_reader_no_price_passes(
    with_tesseract: With, right: "Pixels", wrong: "Pixels", body: str
) -> None:
    proofreader = with_tesseract(body)
    assert proofreader.prove(right, ASKED, LOCALE).verdict is Verdict.UNSURE
    assert proofreader.prove(wrong, ASKED, LOCALE).verdict is not Verdict.PASS


def lied_to(
    with_tesseract: With, folder: pathlib.Path, image: "Pixels", line: Line, locale: str
) -> Proof:
    """Return the proof by a Tesseract that says the requested text of every row it gets."""
    liar = always(folder / "said", line.text)
    return with_tesseract(liar).prove(image, [line], locale)


@pytest.mark.parametrize(
    ("locale", "role", "text", "instead"),
    [
        ("de_DE", "price", "8,90 €", "8,99 €"),
        ("de_DE", "price", "8,90 €", "89,0 €"),
        ("de_DE", "headline", "Frische Bowls", "Frische Bowis"),
        ("de_DE", "headline", "Frische Bowls", "Ganz etwas anderes"),
        ("de_DE", "legal", "Nur am 27.11.", "Nur am 28.11."),
        ("ja_JP", "headline", "14時まで限定", "15時まで限定"),
        ("ru_RU", "price", "499 ₽", "599 ₽"),
        ("th_TH", "price", "฿499", "฿599"),
        ("he_IL", "price", "49.90 ₪", "59.90 ₪"),
    ],
)
def test_a_liar_cannot_speak_against_what_the_strict_reader_sees(  # noqa: PLR0913, PLR0917
    tmp_path: pathlib.Path,
    studio: "Studio",
    with_tesseract: With,
    locale: str,
    role: str,
    text: str,
    instead: str,
) -> None:
    image = shown(studio, instead, locale)
    proof = lied_to(with_tesseract, tmp_path, image, Line.of(role, text), locale)
    assert proof.verdict is not Verdict.PASS


@pytest.mark.parametrize(
    ("locale", "text", "instead"),
    [
        ("ru_RU", "499 руб.", "599 руб."),
        ("ru_RU", "Свежие боулы", "Свежие болты"),
        ("th_TH", "วันนี้เท่านั้น 499", "วันนี้เท่านั้น 599"),
        ("ar_AE", "حتى 27.11", "حتى 28.11"),
    ],
)
def test_a_liar_cannot_make_a_wrong_shape_pass(
    tmp_path: pathlib.Path,
    studio: "Studio",
    with_tesseract: With,
    locale: str,
    text: str,
    instead: str,
) -> None:
    liar = always(tmp_path / "said", text)
    setting = dataclasses.replace(studio.set(text, locale, (20, 24, 44)), role="headline")
    image = shown(studio, instead, locale)
    line = Line.of("headline", text)
    proof = with_tesseract(liar).prove(image, [line], locale, [setting])
    assert proof.verdict is not Verdict.PASS


def test_a_liar_sees_nothing_on_an_empty_picture(
    tmp_path: pathlib.Path, studio: "Studio", with_tesseract: With
) -> None:
    image = studio.picture([], (420, 110))
    assert lied_to(with_tesseract, tmp_path, image, ASKED[0], LOCALE).verdict is Verdict.FAIL


def test_the_command_says_what_to_do_about_a_broken_tesseract(
    tmp_path: pathlib.Path, right: "Pixels"
) -> None:
    programs, temporary = tmp_path / "bin", tmp_path / "tmp"
    programs.mkdir()
    temporary.mkdir()
    script(programs / "tesseract", "exit 0")
    Image.fromarray(right).save(tmp_path / "ad.png")
    asked = ["proof", "ad.png", "--locale", LOCALE, "--line", "price=8,90 €"]
    told = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *asked],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.returncode == ExitCode.TOOL
    assert "apt-get install tesseract-ocr" in told.stderr
    assert "Traceback" not in told.stderr + told.stdout
    # onnxruntime notes its session there, whatever is read.
    assert {path.name for path in temporary.iterdir()} <= {".ses"}


def test_memory_stays_flat_over_hundreds_of_proofs(
    studio: "Studio", proofreader: Proofreader
) -> None:
    image = studio.picture([studio.set("Frisch", LOCALE, (6, 4, 26))], (120, 40))
    lines = [Line.of("headline", "Frisch")]

    def prove(times: int) -> tuple[int, int]:
        """Return the bytes of Python's and of the whole process's memory after some proofs."""
        for _ in range(times):
            assert proofreader.prove(image, lines, LOCALE).verdict is Verdict.PASS
        gc.collect()
        pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[1])
        return tracemalloc.get_traced_memory()[0], pages * os.sysconf("SC_PAGE_SIZE")

    prove(20)
    tracemalloc.start()
    try:
        before, resident_before = prove(20)
        after, resident_after = prove(PROOFS)
    finally:
        tracemalloc.stop()
    # Python keeps less than one picture in ten proofs, and the engines, whose pools may still
    # grow a little, much less than the 3 MB of one answer in ten proofs.
    assert after - before < PROOFS // 10 * image.nbytes
    assert resident_after - resident_before < PROOFS * 100_000
