"""How far right and wrong lines lie apart when they are compared by shape.

    python benchmarks/shape.py

Sets short lines in ten scripts at four sizes, upright and turned, dark on light and light on
dark, over a grainy plate; compresses them as JPEG of quality 80, once also scaled to 80 % and
back; and changes one glyph or mark at a time. Prints the range of each figure of the shape for
right, rescaled and wrong lines, and how many were judged rightly.
"""

import dataclasses
import functools
import io
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.proof.redraw import Drawer, draw_again
from pipeline.proof.shape import Shape, compare
from pipeline.proof.verdict import Verdict
from pipeline.typeset.draw import draw_line, line_markup, rotated
from pipeline.typeset.fonts import families
from pipeline.typeset.renderer import TakumiRenderer, TextStyle
from pipeline.typeset.setting import LineSetting, Row

Pixels = npt.NDArray[np.uint8]

SIZES = (18, 24, 40, 90)
COLOURS = (("#1B1210", (255, 248, 236)), ("#FFFFFF", (120, 70, 50)))
TURNS = (0.0, -8.0)
RIGHT_TO_LEFT = ("ar", "he")

LINES = {
    ("de_DE", "Nur am 27. Nov. für 8,90 €"): (
        "Nur am 27. Nov. für 3,90 €", "Nur am 27. Nov. für 8.90 €", "Nur am 27. Nov. fur 8,90 €",
        "Nur am 27. Nov. für 8,90 £", "Nur am 27. Nov. fűr 8,90 €", "Nur am 21. Nov. für 8,90 €",
        "Nur am 27. Nov. für 8,90 €.",
    ),
    ("el_GR", "Μόνο σήμερα 12,90 €"): (
        "Μόνο σήμερα 12,80 €", "Μονο σήμερα 12,90 €", "Μόνο σήμερα 12,90 $",
    ),
    ("ru_RU", "Только сегодня ещё 690 ₽"): (
        "Только сегодня ещё 590 ₽", "Только сегодня еще 690 ₽", "Только сегодня ёщё 690 ₽",
        "Только сегодня ещё 690 Р",
    ),
    ("vi_VN", "Giảm giá bữa trưa 89.000 ₫"): (
        "Giảm giá bữa trưa 88.000 ₫", "Giàm giá bữa trưa 89.000 ₫", "Giảm giá bừa trưa 89.000 ₫",
        "Giảm giá bữa trưa 89.000 đ",
    ),
    ("ja_JP", "本日限り。価格は税込 1,180円"): (
        "本日限り。価格は税込 1,130円", "木日限り。価格は税込 1,180円",
        "本日限り。価格ぱ税込 1,180円", "本曰限り。価格は税込 1,180円",
    ),
    ("ko_KR", "오늘 점심 한정 12,900원"): (
        "오늘 점심 한정 12,800원", "오늘 점심 힌정 12,900원",
    ),
    ("hi_IN", "केवल आज ₹149 में"): (
        "केवल आज ₹140 में", "कवल आज ₹149 में", "केवल आज ₹149 मे", "केवल आज $149 में",
    ),
    ("th_TH", "เฉพาะวันนี้ ราคา 89 บาท"): (
        "เฉพาะวันนี้ ราคา 39 บาท", "เฉพาะวันนี ราคา 89 บาท", "เฉพาะวันนี้ ราดา 89 บาท",
    ),
    ("ar_AE", "عرض اليوم فقط 49 درهم"): (
        "عرض اليوم فقط 40 درهم", "عرص اليوم فقط 49 درهم", "عرض اليوم فقظ 49 درهم",
    ),
    ("he_IL", "רק היום ב־49 ₪ לשָׁעָה"): (
        "רק היום ב־48 ₪ לשָׁעָה", "רק היום ב־49 ₪ לשׁעָה", "רק היום ב־49 ₪ לשָׂעָה",
        "רק היום ב־49 $ לשָׁעָה",
    ),
}  # fmt: skip
"""Locale and right line to lines that differ from it in one glyph or mark."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One line in one place.

    Attributes:
        setting: The right line.
        wrong: Texts that differ from it a little.
        plate: The picture under it.
    """

    setting: LineSetting
    wrong: tuple[str, ...]
    plate: Pixels


def main() -> None:
    """Measure and print."""
    renderer = TakumiRenderer()
    drawer = functools.partial(draw_line, renderer=renderer)
    print(f"{'size':>4} {'kind':<9} {'n':>4}  {'residual':<12}{'covered':<12}{'extra':<12}judged")
    for size in SIZES:
        results: dict[str, list[Shape]] = {"right": [], "rescaled": [], "wrong": []}
        for scene in scenes(size, renderer):
            image = painted(scene, scene.setting.text, renderer)
            results["right"].append(judged(scene, compressed(image), drawer))
            results["rescaled"].append(judged(scene, compressed(rescaled(image)), drawer))
            for text in scene.wrong:
                wrong = compressed(painted(scene, text, renderer))
                results["wrong"].append(judged(scene, wrong, drawer))
        for kind, shapes in results.items():
            print(row(size, kind, shapes))


def scenes(size: int, renderer: TakumiRenderer) -> Iterator[Scene]:
    """Yield every line in both colours, upright and turned.

    Args:
        size: Font size in pixels.
        renderer: Measures.
    """
    for (locale, text), wrong in LINES.items():
        for colour, base in COLOURS:
            for turn in TURNS:
                width = size * 16 + 100
                height = size * 4 + (width // 4 if turn else 20)
                setting = placed(text, locale, (size, width, height), renderer)
                yield Scene(
                    setting=dataclasses.replace(setting, colour=colour, rotation=turn),
                    wrong=wrong,
                    plate=plate(width, height, base),
                )


def placed(
    text: str,
    locale: str,
    room: tuple[int, int, int],
    renderer: TakumiRenderer,
) -> LineSetting:
    """Return a line set in the middle of a canvas.

    Args:
        text: The line.
        locale: Its locale.
        room: Font size, width and height of the canvas in pixels.
        renderer: Measures.
    """
    size, width, height = room
    style = TextStyle(
        families=families("friendly", locale),
        weight=600,
        spacing=0.0,
        direction="rtl" if locale.startswith(RIGHT_TO_LEFT) else "ltr",
        language=locale.partition("_")[0],
    )
    (advance,) = renderer.measure([text], style)
    top = height / 2 - size * 0.6 + 0.4
    line = Row(text=text, x=20.3, y=top, width=advance * size, height=size * 1.25)
    return LineSetting(
        role="line",
        text=text,
        rows=(line,),
        size=size,
        families=style.families,
        weight=style.weight,
        spacing=0.0,
        colour="#000000",
        align="left",
        direction=style.direction,
        language=style.language,
        rotation=0.0,
        origin=(width / 2, height / 2),
        struck=False,
    )


def plate(width: int, height: int, base: tuple[int, int, int]) -> Pixels:
    """Return a gradient with grain and soft spots, the same every time."""
    noise = np.random.default_rng(0)
    spots = cv2.GaussianBlur(noise.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 8)
    down = np.linspace(0, 40, height)[:, None, None] * np.array([1.0, 0.8, 0.4])
    grain = noise.normal(0, 3, (height, width, 1)) + spots[:, :, None] * 48
    return np.asarray(np.clip(np.array(base) - down + grain, 0, 255), np.uint8)


def painted(scene: Scene, text: str, renderer: TakumiRenderer) -> Pixels:
    """Return the plate with a text in the place of the line."""
    line = dataclasses.replace(scene.setting.rows[0], text=text)
    shown = dataclasses.replace(scene.setting, rows=(line,))
    height, width = scene.plate.shape[:2]
    markup = rotated(line_markup(shown), shown.rotation, shown.origin)
    page = f"<div style='width:100%;height:100%;position:relative'>{markup}</div>"
    ink = renderer.render(page, width, height).astype(np.float32)
    cover = ink[:, :, 3:] / 255
    blended = scene.plate * (1 - cover) + ink[:, :, :3] * cover
    return np.asarray(np.clip(blended + 0.5, 0, 255), np.uint8)


def compressed(image: Pixels) -> Pixels:
    """Return the picture after JPEG of quality 80."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=80)
    return np.asarray(Image.open(buffer).convert("RGB"))


def rescaled(image: Pixels) -> Pixels:
    """Return the picture scaled to 80 % and back."""
    small = cv2.resize(image, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def judged(scene: Scene, image: Pixels, drawer: Drawer) -> Shape:
    """Return the shape of a scene's right line on a picture."""
    others = np.zeros(image.shape[:2], np.uint8)
    return compare(image, draw_again(scene.setting, drawer), others, scene.setting)


def row(size: int, kind: str, shapes: list[Shape]) -> str:
    """Return one row of the table."""
    wanted = Verdict.FAIL if kind == "wrong" else Verdict.PASS
    figures = ""
    for values in (
        [shape.residual for shape in shapes],
        [shape.covered for shape in shapes],
        [shape.extra for shape in shapes],
    ):
        figures += f"{min(values):.2f}..{max(values):.2f}".ljust(12)
    rightly = sum(shape.verdict is wanted for shape in shapes)
    return f"{size:>4} {kind:<9} {len(shapes):>4}  {figures}{rightly}/{len(shapes)}"


if __name__ == "__main__":
    main()
