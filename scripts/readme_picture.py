"""Make docs/creatives.jpg from what `make run` delivered: one creative of each kind, in rows."""

import pathlib
import sys

import PIL.Image

ROWS = (
    ("bowl-de-de-meta-feed-4x5", "bowl-ja-jp-meta-story-9x16", "bowl-ar-ae-google-landscape"),
    ("harbor-of-stars-uk-ua-google-landscape", "headphones-hi-in-meta-feed-4x5",
     "lunch-th-th-meta-feed-4x5"),
)  # fmt: skip
WIDTH, GAP, PAPER = 1600, 16, "#FFFFFF"


def row_of(stems: tuple[str, ...], out: pathlib.Path) -> PIL.Image.Image:
    """Return pictures of one height side by side, WIDTH pixels wide together."""
    files = [max(out.glob(f"*/*/*/{stem}-*.jpg")) for stem in stems]
    pictures = [PIL.Image.open(file).convert("RGB") for file in files]
    ratios = sum(picture.width / picture.height for picture in pictures)
    height = round((WIDTH - GAP * (len(pictures) - 1)) / ratios)
    row = PIL.Image.new("RGB", (WIDTH, height), PAPER)
    left = 0
    for picture in pictures:
        width = round(picture.width * height / picture.height)
        row.paste(picture.resize((width, height), PIL.Image.Resampling.LANCZOS), (left, 0))
        left += width + GAP
    return row


def main() -> None:
    """Write the picture for the folder named on the command line."""
    rows = [row_of(stems, pathlib.Path(sys.argv[1])) for stems in ROWS]
    height = sum(row.height for row in rows) + GAP * (len(rows) - 1)
    sheet = PIL.Image.new("RGB", (WIDTH, height), PAPER)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + GAP
    sheet.save("docs/creatives.jpg", quality=86, optimize=True)


if __name__ == "__main__":
    main()
