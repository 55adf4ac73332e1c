"""Evidence of what is held, for Prefect's UI: asked for, read, and the place on the picture."""

import base64
import io
from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from flows.artifacts import held, one_line, plain, reason
from pipeline.produce.outcome import Outcome
from pipeline.proof.verdict import LineProof, Verdict

MOST_CREATIVES = 12
MOST_LINES = 4
"""Lines that are shown of one creative; the gallery has all of them."""
MOST_CHARACTERS = 200
_CROP = (360, 96)  # pixels
_QUALITY = 70
_HEAD = "| line | asked for | read | why | where it stands |\n| --- | --- | --- | --- | --- |\n"


def evidence(outcomes: Sequence[Outcome], read: Callable[[str], bytes | None]) -> str:
    """Return in Markdown what is wrong with what is held; empty if nothing is.

    Every text is escaped, and pictures are small JPEG files inside the text, so that nothing in
    it can load, link or run anything.

    Args:
        outcomes: How variants ended.
        read: Returns the bytes of a picture by its SHA-256; None if it has gone.
    """
    found = held(outcomes)
    if not found:
        return ""
    shown = [_creative(outcome, read) for outcome in found[:MOST_CREATIVES]]
    left = len(found) - len(shown)
    more = [f"… and {left} more, in the gallery."] if left > 0 else []
    return "\n\n".join([*shown, *more])


def data_url(content: bytes, size: tuple[int, int]) -> str:
    """Return a picture, made small enough for a size in pixels, as the data URL of a JPEG."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
        picture.draft("RGB", size)
        small = picture.convert("RGB")
    small.thumbnail(size)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def shortened(text: str) -> str:
    """Return text of a campaign or a reader, escaped, on one line of bearable length."""
    said = one_line(text)
    return plain(said if len(said) <= MOST_CHARACTERS else f"{said[:MOST_CHARACTERS]}…")


def _creative(outcome: Outcome, read: Callable[[str], bytes | None]) -> str:
    rows = list(_rows(outcome, read))
    table = _HEAD + "\n".join(rows) if rows else ""
    parts = [f"### {plain(outcome.variant)}", plain(reason(outcome)), table]
    return "\n\n".join(filter(None, parts))


def _rows(outcome: Outcome, read: Callable[[str], bytes | None]) -> Iterator[str]:
    lines = outcome.proof.lines if outcome.proof else ()
    crops = (*outcome.crops, *[None] * len(lines))
    wrong = [(line, crop) for line, crop in zip(lines, crops, strict=False) if _is_wrong(line)]
    for line, crop in wrong[:MOST_LINES]:
        said = (line.role, line.expected, line.read or "nothing", line.reason)
        content = read(crop) if crop else None
        picture = f"![]({data_url(content, _CROP)})" if content else "not found"
        yield f"| {' | '.join(map(shortened, said))} | {picture} |"


def _is_wrong(line: LineProof) -> bool:
    return line.verdict is not Verdict.PASS
