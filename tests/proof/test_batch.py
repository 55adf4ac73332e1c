"""What stands behind the proof command: files in, answers out."""

import json
import pathlib
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import UsageError
from pipeline.plan.lines import Line
from pipeline.proof.batch import proof_batch, proof_one
from pipeline.proof.find import Region
from pipeline.proof.images import MOST_PIXELS, open_image
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Reading

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio


class NoFinder:
    """Finds nothing."""

    def find(self, image: "Pixels") -> list[Region]:
        assert image.ndim == 3
        return []

    def versions(self) -> dict[str, str]:
        return {}


class NoReader:
    """Reads nothing."""

    name = "none"
    strict = True
    border = 0.0

    def vouches(self, reading: str, text: str) -> bool:
        return bool(reading and text)

    def knows(self, text: str) -> bool:
        return bool(text)

    def read(self, crops: Sequence["Pixels"], locale: str) -> list[tuple[Reading, ...]]:
        assert locale
        return [()] * len(crops)

    def versions(self) -> dict[str, str]:
        return {}


@pytest.fixture
def blind(studio: "Studio") -> Proofreader:
    """Return a proofreader that sees no text anywhere."""
    return Proofreader(
        finders=(NoFinder(),),
        readers=(NoReader(),),
        drawer=studio.draw,
        clock=lambda: 1.0,
    )


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "ad.png"
    Image.new("RGB", (64, 48), "white").save(path)
    return path


def request(image: str = "ad.png", **changes: object) -> str:
    lines = [{"role": "price", "text": "8,99 €"}]
    return json.dumps({"image": image, "locale": "de_DE", "lines": lines, **changes})


def test_the_answer_has_exactly_the_agreed_shape(image: pathlib.Path, blind: Proofreader) -> None:
    answer = proof_one(image, "de_DE", [Line.of("price", "8,99 €")], proofreader=blind)
    assert answer == {
        "image": str(image),
        "verdict": "fail",
        "lines": [
            {
                "role": "price",
                "expected": "8,99 €",
                "read": "",
                "verdict": "fail",
                "box": None,
                "reader": "",
                "confidence": 0.0,
                "confidences": [],
                "shape": None,
                "reason": "the line was not found on the picture",
            }
        ],
        "extra": [],
        "ms": 0,
        "checks": [
            {
                "name": "blank",
                "subject": "",
                "measured": 0.0,
                "unit": "%",
                "limit": 2.0,
                "verdict": "fail",
                "reason": "words aside, only 0.0 % of the picture is not one single colour: "
                "it is blank",
            },
            {
                "name": "blur",
                "subject": "",
                "measured": 0.0,
                "unit": "px",
                "limit": 0.9,
                "verdict": "pass",
                "reason": "",
            },
        ],
    }
    assert json.loads(json.dumps(answer)) == answer


def test_every_line_of_a_batch_has_its_answer_and_bad_ones_name_their_place(
    tmp_path: pathlib.Path, image: pathlib.Path, blind: Proofreader
) -> None:
    assert image.name == "ad.png"
    requests = tmp_path / "day.jsonl"
    rows = [
        request(),
        "{not json",
        "",
        request(lines=[]),
        request(image="gone.png"),
        request(extra_text="maybe"),
        request(colour="red"),
        request(extra_text="ignore"),
    ]
    requests.write_text("\n".join(rows), "utf-8")
    answers = list(proof_batch(requests, blind))
    assert [answer["verdict"] for answer in answers] == ["fail", *["unsure"] * 5, "fail"]
    errors = [answer.get("error", "") for answer in answers]
    assert [errors[0], errors[-1]] == ["", ""]
    for number, error in zip((2, 4, 5, 6, 7), errors[1:-1], strict=True):
        assert error.startswith(f"{requests}:{number}: ")
    assert "not JSON" in errors[1]
    assert "lines" in errors[2]
    assert "there is no such file" in errors[3]
    assert "extra_text" in errors[4]
    assert "colour" in errors[5]


def test_a_batch_file_that_is_missing_is_a_usage_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(proof_batch(tmp_path / "none.jsonl"))


@pytest.mark.parametrize("name", ["ad.jpg", "ad.webp", "ad.png"])
def test_the_usual_formats_are_opened(tmp_path: pathlib.Path, name: str) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / name)
    pixels = open_image(tmp_path / name)
    assert pixels.shape == (30, 40, 3)
    assert pixels.dtype == np.uint8


def test_what_is_transparent_becomes_white(tmp_path: pathlib.Path) -> None:
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(tmp_path / "ad.png")
    assert open_image(tmp_path / "ad.png").min() == 255


@pytest.mark.parametrize("name", ["ad.gif", "ad.bmp", "ad.tiff"])
def test_other_formats_are_refused(tmp_path: pathlib.Path, name: str) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / name)
    with pytest.raises(UsageError, match="PNG, JPEG or WebP"):
        open_image(tmp_path / name)


def test_a_damaged_picture_is_refused(tmp_path: pathlib.Path) -> None:
    Image.effect_noise((200, 200), 90).save(tmp_path / "ad.png")
    whole = (tmp_path / "ad.png").read_bytes()
    (tmp_path / "ad.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match=r"ad\.png"):
        open_image(tmp_path / "ad.png")


def test_a_picture_that_would_exhaust_the_machine_is_refused_unread(
    tmp_path: pathlib.Path,
) -> None:
    side = int(MOST_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(tmp_path / "bomb.png")
    with pytest.raises(UsageError, match="megapixels"):
        open_image(tmp_path / "bomb.png")


def test_importing_the_commands_loads_no_engine() -> None:
    check = (
        "import sys, pipeline.proof.batch\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'pytesseract', 'pytakumi'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
