"""Pictures with lines we set, drawn by the real renderer, and hand-made readings."""

import dataclasses
import io
import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.plan.lines import Line
from pipeline.proof.images import open_image
from pipeline.proof.program import ready
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Reading
from pipeline.typeset.draw import draw_line, line_markup, rotated
from pipeline.typeset.fonts import families
from pipeline.typeset.renderer import TakumiRenderer, TextStyle
from pipeline.typeset.setting import LineSetting, Row
from tests.fakes import turncoat

Pixels = npt.NDArray[np.uint8]
RIGHT_TO_LEFT = ("ar", "he")


@dataclasses.dataclass(frozen=True)
class Studio:
    """Sets lines and composes pictures."""

    renderer: TakumiRenderer

    def set(
        self,
        text: str | Sequence[str],
        locale: str,
        place: tuple[float, float, float] = (20.3, 20.4, 40.0),
        **changes: object,
    ) -> LineSetting:
        """Set a line, or its rows, at left, top and font size."""
        left, top, size = place
        rows = [text] if isinstance(text, str) else list(text)
        direction = "rtl" if locale.startswith(RIGHT_TO_LEFT) else "ltr"
        style = TextStyle(
            families=families("friendly", locale),
            weight=600,
            spacing=0.0,
            direction=direction,
            language=locale.split("_", maxsplit=1)[0],
        )
        widths = self.renderer.measure(rows, style)
        height = size * 1.3
        boxes = tuple(
            Row(text=row, x=left, y=top + index * height, width=width * size, height=height)
            for index, (row, width) in enumerate(zip(rows, widths, strict=True))
        )
        setting = LineSetting(
            role="headline",
            text=" ".join(rows),
            rows=boxes,
            size=size,
            families=style.families,
            weight=style.weight,
            spacing=0.0,
            colour="#1B1210",
            align="left",
            direction=direction,
            language=style.language,
            rotation=0.0,
            origin=(left, top),
            struck=False,
        )
        return dataclasses.replace(setting, **changes)  # type: ignore[arg-type]

    def picture(
        self,
        settings: Sequence[LineSetting],
        size: tuple[int, int] = (640, 120),
        quality: int = 85,
    ) -> Pixels:
        """Draw the lines over a soft, grainy plate and compress the picture as JPEG."""
        width, height = size
        image: npt.NDArray[np.float32] = plate(width, height).astype(np.float32)
        for setting in settings:
            markup = rotated(line_markup(setting), setting.rotation, setting.origin)
            page = f"<div style='width:100%;height:100%;position:relative'>{markup}</div>"
            ink = self.renderer.render(page, width, height).astype(np.float32)
            cover = ink[:, :, 3:] / 255
            image = np.asarray(image * (1 - cover) + ink[:, :, :3] * cover, np.float32)
        return compressed(np.clip(image + 0.5, 0, 255).astype(np.uint8), quality)

    def draw(self, setting: LineSetting, width: int, height: int) -> Pixels:
        """Draw a line alone."""
        return draw_line(setting, width, height, self.renderer)


def plate(width: int, height: int) -> Pixels:
    """Return a warm gradient with grain, the same every time."""
    grain = np.random.default_rng(7).normal(0, 3, (height, width, 1))
    down = np.linspace(0, 40, height)[:, None, None] * np.array([1.0, 0.8, 0.4])
    warm = np.array([255, 248, 236]) - down + grain
    return np.asarray(np.clip(warm, 0, 255), np.uint8)


def compressed(image: Pixels, quality: int) -> Pixels:
    """Return the picture after a trip through JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


@pytest.fixture(scope="session")
def studio() -> Studio:
    """Return the studio, its fonts loaded once."""
    return Studio(renderer=TakumiRenderer())


@pytest.fixture(scope="session")
def proofreader() -> Proofreader:
    """Return the real proofreader, its models loaded once."""
    return Proofreader.standard()


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """Return a function that makes a reading of even confidence."""

    def make(text: str, sure: float = 0.99, reader: str = "strict") -> Reading:
        return Reading(text=text, confidence=(sure,) * len(text), reader=reader)

    return make


@pytest.fixture
def line() -> Callable[..., Line]:
    """Return a function that makes a line with its role's policy."""

    def make(text: str, role: str = "headline") -> Line:
        return Line.of(role, text)

    return make


@pytest.fixture
def opened(tmp_path: pathlib.Path) -> Callable[[bytes], Pixels]:
    """Return what opens a file that has some content, and a name that says nothing."""

    def open_content(content: bytes) -> np.ndarray:
        path = tmp_path / "ad"
        path.write_bytes(content)
        return open_image(path)

    return open_content


@pytest.fixture(scope="session")
def goes_bad(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what makes a Tesseract that has read its control page do something else."""
    becomes = turncoat(tmp_path_factory.mktemp("program") / "tesseract")
    assert ready(becomes("exit 1")).version
    return becomes
