"""The wall's page and contact sheets."""

import dataclasses
import html
import pathlib
from collections.abc import Sequence

import PIL.Image

from pipeline.proof.reading import Pixels

_SIDE = 560
"""Longer side of a picture on the page, in pixels."""
_CELL, _ROOM = 250, 10
_STRIP = 340
_GREY, _WHITE = (126, 126, 126), (255, 255, 255)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A picture of the wall.

    Attributes:
        name: Unique; the file's name without its ending.
        template: The template's name.
        format: The format's name.
        script: The script's name.
        locale: CLDR locale identifier.
        picture: RGB, shape [height, width, 3]; None if there is none, or it is kept as a file.
        fault: Why it would not ship; empty if it would.
    """

    name: str
    template: str
    format: str
    script: str
    locale: str
    picture: Pixels | None
    fault: str

    def keep(self, out: pathlib.Path) -> None:
        """Write the picture beside the page, scaled down."""
        if self.picture is None:
            return
        file = _file(out, self)
        file.parent.mkdir(parents=True, exist_ok=True)
        picture = PIL.Image.fromarray(self.picture)
        picture.thumbnail((_SIDE, _SIDE), PIL.Image.Resampling.LANCZOS)
        picture.save(file, quality=88)


def write_sheet(out: pathlib.Path, template: str, tiles: Sequence[Tile]) -> pathlib.Path:
    """Write a contact sheet: a row for each script, a column for each format and offer.

    Args:
        out: The wall's folder, where the pictures are kept.
        template: The template's name, which names the file.
        tiles: The template's pictures.
    """
    columns = list(dict.fromkeys(_column(tile) for tile in tiles))
    rows = list(dict.fromkeys(tile.locale for tile in tiles))
    size = (_ROOM + len(columns) * (_CELL + _ROOM), _ROOM + len(rows) * (_CELL + _ROOM))
    sheet = PIL.Image.new("RGB", size, _GREY)
    for tile in tiles:
        file = _file(out, tile)
        if not file.exists():
            continue
        with PIL.Image.open(file) as opened:
            opened.thumbnail((_CELL, _CELL), PIL.Image.Resampling.LANCZOS)
            left = _ROOM + columns.index(_column(tile)) * (_CELL + _ROOM)
            top = _ROOM + rows.index(tile.locale) * (_CELL + _ROOM)
            middle = ((_CELL - opened.width) // 2, (_CELL - opened.height) // 2)
            sheet.paste(opened.convert("RGB"), (left + middle[0], top + middle[1]))
    path = out / f"{template}.png"
    sheet.save(path)
    return path


def write_strip(out: pathlib.Path, template: str, tiles: Sequence[Tile]) -> pathlib.Path:
    """Write pictures side by side, all of one height.

    Args:
        out: The folder.
        template: The template's name, which names the file.
        tiles: The pictures, which are not kept as files.
    """
    pictures = [PIL.Image.fromarray(tile.picture) for tile in tiles if tile.picture is not None]
    widths = [round(one.width * _STRIP / one.height) for one in pictures]
    strip = PIL.Image.new("RGB", (sum(widths) + _ROOM * (len(widths) - 1), _STRIP), _WHITE)
    left = 0
    for one, width in zip(pictures, widths, strict=True):
        strip.paste(one.resize((width, _STRIP), PIL.Image.Resampling.LANCZOS), (left, 0))
        left += width + _ROOM
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{template}.webp"
    strip.save(path, quality=86, method=6)
    return path


def write_page(out: pathlib.Path, tiles: Sequence[Tile]) -> pathlib.Path:
    """Write the page, which needs nothing but the folder it is in."""
    names = ("template", "format", "script")
    filters = "".join(_select(name, [getattr(tile, name) for tile in tiles]) for name in names)
    figures = "".join(_figure(tile) for tile in tiles)
    path = out / "index.html"
    path.write_text(_PAGE.format(filters=filters, figures=figures, count=len(tiles)), "utf-8")
    return path


def _column(tile: Tile) -> str:
    return tile.name.replace(f"--{tile.locale}--", "--")


def _file(out: pathlib.Path, tile: Tile) -> pathlib.Path:
    return out / "pictures" / f"{tile.name}.webp"


def _select(name: str, values: Sequence[str]) -> str:
    options = "".join(f"<option>{html.escape(value)}</option>" for value in dict.fromkeys(values))
    every = f'<option value="">all</option>{options}'
    return f'<label>{name} <select name="{name}">{every}</select></label>'


def _figure(tile: Tile) -> str:
    said = f"{tile.template}, {tile.format}, {tile.locale}"
    picture = f'<img loading="lazy" src="pictures/{tile.name}.webp" alt="{said}">'
    fault = f"<b>{html.escape(tile.fault)}</b>" if tile.fault else ""
    data = (
        f'data-template="{tile.template}" data-format="{tile.format}" data-script="{tile.script}"'
    )
    return f"<figure {data}>{picture}<figcaption>{said} {fault}</figcaption></figure>\n"


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The wall</title>
<style>
body {{ margin: 0; background: #7e7e7e; color: #fff; font: 14px/1.4 system-ui, sans-serif; }}
form {{ position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 16px; padding: 12px 20px;
  background: #222; }}
main {{ display: flex; flex-wrap: wrap; align-items: end; gap: 20px; padding: 20px; }}
figure {{ margin: 0; max-width: 300px; }}
img {{ display: block; max-width: 300px; max-height: 420px; }}
figcaption {{ padding-top: 4px; }} b {{ display: block; background: #a00; padding: 2px 6px; }}
[hidden] {{ display: none; }}
</style>
<form>{filters}<output>{count}</output></form>
<main>
{figures}</main>
<script>
const form = document.querySelector("form");
form.addEventListener("change", () => {{
  const asked = [...new FormData(form)].filter(([, value]) => value);
  let shown = 0;
  for (const figure of document.querySelectorAll("figure")) {{
    figure.hidden = !asked.every(([name, value]) => figure.dataset[name] === value);
    shown += !figure.hidden;
  }}
  document.querySelector("output").value = shown;
}});
</script>
</html>
"""
