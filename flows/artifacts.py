"""What a person sees of a run in Prefect's UI: tables and one picture, made from outcomes."""

import base64
import collections
import decimal
import io
import math
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence

from PIL import Image

from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.selftest import Trial
from pipeline.produce.tally import rows_of
from pipeline.publish.bills import NOTHING_PAID, Bill, Bills

MOST_PICTURES = 40
COLUMNS = 8
CELL = (150, 190)  # pixels; a 4:5 picture fills it, others are centred
PAPER = (244, 244, 245)

LONGEST_REASON = 300  # characters
LONGEST_TEXT = 60_000  # characters

# Everything that Markdown or HTML gives a meaning to, in any position.
MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&:])")


def seen(text: str) -> str:
    """Return text with a space for each character that cannot be seen."""
    return "".join(char if char.isprintable() else " " for char in text)


def one_line(text: str) -> str:
    """Return text without line breaks and other characters that cannot be seen."""
    return " ".join(seen(text).split())


def plain(text: str) -> str:
    """Return text, on one line, that stays text where Prefect renders Markdown."""
    return MARKUP.sub(r"\\\1", one_line(text))


def reason(outcome: Outcome) -> str:
    """Return why a variant is held, on one line of bearable length."""
    said = one_line(outcome.reason)
    return said if len(said) <= LONGEST_REASON else f"{said[:LONGEST_REASON]}…"


def tally(outcomes: Iterable[Outcome]) -> str:
    """Return how many were accepted and held, in words."""
    counts = collections.Counter(outcome.status for outcome in outcomes)
    held = f", {counts[Status.HELD]} held" if counts[Status.HELD] else ""
    return f"{counts[Status.ACCEPTED]} accepted{held}"


def summary_table(
    groups: Mapping[str, Sequence[Outcome]], bills: Bills = NOTHING_PAID
) -> list[dict[str, str]]:
    """Return one row per campaign, and one with the sums.

    What was paid is what the ledger has, with the attempts that came to nothing.

    Args:
        groups: Name to outcomes, in the order of the rows.
        bills: What the ledger has about the run.
    """
    everything = [outcome for outcomes in groups.values() for outcome in outcomes]
    return [
        *(_summary(name, outcomes, bills.of(name)) for name, outcomes in groups.items()),
        _summary("all", everything, bills.bills) | {"used of the day's budget": ""},
    ]


def held(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return those that do not ship."""
    return [outcome for outcome in outcomes if outcome.status is Status.HELD]


def held_table(outcomes: Iterable[Outcome]) -> list[dict[str, str]]:
    """Return one row per variant that is held, with the reason."""
    return [
        {"variant": plain(outcome.variant), "why it is held": plain(reason(outcome))}
        for outcome in held(outcomes)
    ]


def selftest_table(trials: Iterable[Trial]) -> list[dict[str, str]]:
    """Return one row per script and kind of the errors that were planted, and the sums."""
    return [
        {
            "script": script,
            "error": kind,
            "planted": str(planted),
            "refused": str(planted - slipped),
            "slipped": str(slipped),
        }
        for script, kind, planted, _, _, slipped in rows_of(trials)
    ]


def batch_table(outcomes: Iterable[Outcome]) -> list[dict[str, str]]:
    """Return one row per variant of a batch."""
    return [
        {
            "variant": plain(outcome.variant),
            "verdict": outcome.proof.verdict.value if outcome.proof else "no proof",
            "status": outcome.status.value,
            "attempts": str(outcome.attempts),
            "cost": _cost(outcome),
            "lettering": plain(_lettering(outcome)),
            "reason": plain(reason(outcome)),
        }
        for outcome in outcomes
    ]


def _cost(outcome: Outcome) -> str:
    """Return what the picture of an outcome cost; one that was there already costs nothing."""
    plate = outcome.plate
    return f"${decimal.Decimal(0) if plate is None or plate.reused else plate.cost:.2f}"


def _lettering(outcome: Outcome) -> str:
    """Return how many lines who drew, such as `4 typeset, 1 model`."""
    counts = collections.Counter(outcome.lettering.values())
    said = ", ".join(f"{count} {who}" for who, count in sorted(counts.items(), reverse=True))
    return f"{said}, on the studio's plate" if outcome.fallback else said


def report(lines: Iterable[str], gallery: str, out: str) -> str:
    """Return in Markdown what a person reads first: what came of the run, and where it is.

    Args:
        lines: Sentences about the run; escaped here.
        gallery: Path or address of the gallery; only an address of the web becomes a link.
        out: The folder of the files.
    """
    web = gallery.startswith(("https://", "http://"))
    where = f"[Gallery](<{_address(gallery)}>)" if web else f"Gallery: {plain(gallery)}"
    return "\n".join(
        [*(f"- {plain(line)}" for line in lines), f"- {where}", f"- Files: {plain(out)}"]
    )


def as_printed(text: str) -> str:
    """Return text in Markdown as it is printed: indented by four, a line is code, whatever it says.

    Args:
        text: Some lines; at most 60,000 characters of it are shown.
    """
    shown = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n…"
    return "".join(f"    {seen(line)}\n" for line in shown.splitlines())


def _address(url: str) -> str:
    """Return an address that cannot end the link it stands in."""
    return urllib.parse.quote(url, safe=":/?&=%#@+,;~-._")


def contact_sheet(outcomes: Sequence[Outcome], read: Callable[[str], bytes | None]) -> str | None:
    """Return small pictures of the outcomes, side by side, as the data URL of one JPEG.

    Args:
        outcomes: At most 40 of them are shown, taken at equal distances.
        read: Returns the bytes of a picture by its SHA-256; None if it has gone.

    Returns:
        The URL; None if there is no picture.
    """
    hashes = [outcome.deliverable.sha256 for outcome in outcomes if outcome.deliverable]
    count = min(len(hashes), MOST_PICTURES)
    chosen = [hashes[place * len(hashes) // count] for place in range(count)]
    shown = [content for digest in chosen if (content := read(digest))]
    if not shown:
        return None
    columns = min(COLUMNS, len(shown))
    width, height = CELL
    sheet = Image.new("RGB", (columns * width, math.ceil(len(shown) / columns) * height), PAPER)
    for position, content in enumerate(shown):
        row, column = divmod(position, columns)
        picture = _thumbnail(content)
        left = column * width + (width - picture.width) // 2
        sheet.paste(picture, (left, row * height + (height - picture.height) // 2))
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _summary(name: str, outcomes: Sequence[Outcome], bills: Sequence[Bill]) -> dict[str, str]:
    """Return a row of the summary table."""
    counts = collections.Counter(outcome.status for outcome in outcomes)
    paid = sum((bill.spent for bill in bills), decimal.Decimal(0))
    return {
        "campaign": plain(name),
        "creatives": str(len(outcomes)),
        "accepted": str(counts[Status.ACCEPTED]),
        "held": str(counts[Status.HELD]),
        "paid": f"${paid:.2f}",
        "turned down": str(sum(bill.turned_down for bill in bills)),
        "used of the day's budget": ", ".join(map(_used, bills)) or "nothing to pay",
    }


def _used(bill: Bill) -> str:
    """Return what of a day's budget is spent or held back, by whatever run."""
    return f"{bill.day}: ${bill.budget - bill.left:.2f} of ${bill.budget:.2f}"


def _thumbnail(content: bytes) -> Image.Image:
    """Return a picture that fits a cell with a small margin around it."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
        picture.draft("RGB", CELL)
        small = picture.convert("RGB")
    small.thumbnail((CELL[0] - 8, CELL[1] - 8))
    return small
