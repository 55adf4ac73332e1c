"""The studio: plates without words, without a network, the same every time."""

import dataclasses
import io
import pathlib

import numpy as np
import pytest
from PIL import Image

from pipeline.campaign.formats import known_formats
from pipeline.errors import ProviderError, TemplateError
from pipeline.plan.job import Picture, PlateRequest, Reference
from pipeline.produce.finish import decode, encode
from pipeline.produce.providers.studio import Studio
from pipeline.typeset.renderer import TakumiRenderer

PROJECT = pathlib.Path(__file__).parent.parent.parent
WIDTH, HEIGHT = 200, 250


@pytest.fixture
def studio(renderer: TakumiRenderer) -> Studio:
    """Return a studio with the project's plates."""
    return Studio(PROJECT / "templates" / "plates", renderer)


def request(picture: Picture | None = None, **backdrop: object) -> PlateRequest:
    subject = {
        "description": "a bowl",
        "place": {"x": 10, "y": 40, "width": 40, "height": 40},
        "picture": picture is not None,
    }
    whole = {
        "kind": "sunburst",
        "colours": ["#FFF8EC", "#FFC83D", "#C63F1C"],
        "subjects": [subject],
        "direction": "ltr",
        "template": "hash",
    }
    return PlateRequest(
        provider="studio",
        model="studio-1",
        quality="draft",
        prompt="a bowl",
        width=WIDTH,
        height=HEIGHT,
        seed=7,
        backdrop={**whole, **backdrop},
        references=(Reference(name="product", picture=picture),) if picture else (),
    )


def product(folder: pathlib.Path, *colour: int) -> Picture:
    file = folder / "product.png"
    Image.new("RGBA", (50, 50), (*colour, 255)).save(file)
    return Picture(path=file, sha256="hash")


def test_a_plate_has_the_size_and_the_colours_that_were_asked_for(studio: Studio) -> None:
    wanted = request(colours=["#00FF00", "#0000FF", "#FF0000"])
    pixels = decode(studio.paint(wanted), WIDTH, HEIGHT).astype(int)
    red, green, blue = pixels[:6, :6].reshape(-1, 3).mean(axis=0)  # wall, with a ray of light
    assert red < 12
    assert blue > 200 > green


def test_the_same_request_gives_the_same_bytes_from_any_studio(
    studio: Studio, renderer: TakumiRenderer
) -> None:
    other = Studio(PROJECT / "templates" / "plates", renderer)
    assert studio.paint(request()) == other.paint(request())


def test_another_seed_gives_other_grain(studio: Studio) -> None:
    assert studio.paint(request()) != studio.paint(dataclasses.replace(request(), seed=8))


@pytest.mark.parametrize(("direction", "left"), [("ltr", 20), ("rtl", 100)])
def test_the_product_stands_in_its_place_on_the_side_where_reading_starts(
    studio: Studio, tmp_path: pathlib.Path, direction: str, left: int
) -> None:
    wanted = request(product(tmp_path, 0, 0, 255), direction=direction)
    pixels = decode(studio.paint(wanted), WIDTH, HEIGHT).astype(int)
    blue = np.argwhere((pixels[:, :, 2] > 230) & (pixels[:, :, 0] < 30))
    (top, first), (bottom, last) = blue.min(axis=0), blue.max(axis=0)
    assert (first, last) == (left, left + 79)  # 80 px wide and tall: the largest that fits
    assert (top, bottom) == (120, 199)  # standing on the lower edge of a place of 100 px


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\nrest"])
def test_a_product_picture_that_cannot_be_read_is_named(
    studio: Studio, tmp_path: pathlib.Path, content: bytes
) -> None:
    picture = product(tmp_path, 0, 0, 0)
    picture.path.write_bytes(content)
    with pytest.raises(ProviderError, match=r"product\.png: cannot be read as a picture"):
        studio.paint(request(picture))


def test_a_backdrop_that_is_not_there_is_named(studio: Studio) -> None:
    with pytest.raises(TemplateError, match=r"nowhere\.html\.j2"):
        studio.paint(request(kind="nowhere"))


def noise(width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)


def test_a_file_takes_the_best_quality_that_the_channel_takes() -> None:
    small = dataclasses.replace(known_formats()["display-300x250"], width=60, height=50)
    best = encode(noise(60, 50), small)
    assert best is not None
    tighter = dataclasses.replace(small, most_bytes=len(best) - 1)
    lower = encode(noise(60, 50), tighter)
    assert lower is not None
    assert len(lower) < len(best)
    assert encode(noise(60, 50), dataclasses.replace(small, most_bytes=500)) is None


def test_letters_keep_their_colour_in_the_file() -> None:
    fmt = dataclasses.replace(known_formats()["display-300x250"], width=64, height=64)
    striped = np.full((64, 64, 3), (255, 248, 236), np.uint8)
    striped[:, ::2] = (198, 63, 28)
    content = encode(striped, fmt)
    assert content is not None
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("JPEG", (64, 64))
    found = decode(content, 64, 64).astype(int)
    assert np.abs(found - striped).mean() < 8  # chroma subsampling would smear every stripe
