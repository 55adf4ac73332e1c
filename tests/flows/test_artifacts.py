"""What the UI shows is right, and text from a campaign stays text."""

import base64
import dataclasses
import datetime as dt
import decimal
import io
import re
from collections.abc import Callable

import pytest
from PIL import Image

from flows import artifacts
from flows.evidence import evidence
from pipeline.produce.outcome import Outcome, Status
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.publish.bills import Bill, Bills

Maker = Callable[..., Outcome]


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![x](http://example.invalid/x.png)",
        "`code` **bold** _thin_ ~~gone~~",
        "| a | b |",
        "&lt;script&gt;",
        "https://example.invalid",
    ],
)
def test_markup_in_copy_is_escaped(text: str) -> None:
    shown = artifacts.plain(text)
    for position, char in enumerate(shown):
        if char in "<>[]()!`*_~|&:":
            assert shown[position - 1] == "\\", shown
    assert shown.replace("\\", "") == text


def test_line_breaks_cannot_begin_a_new_block() -> None:
    assert artifacts.plain("8,99 €\n\n# Sale\x00\u202eevil") == r"8,99 € \# Sale evil"


def bill(campaign: str, day: int, spent: str, left: str) -> Bill:
    return Bill(
        campaign=campaign,
        day=dt.date(2026, 11, day),
        spent=decimal.Decimal(spent),
        pictures=5,
        turned_down=2,
        under_way=0,
        budget=decimal.Decimal(25),
        left=decimal.Decimal(left),
    )


def test_the_summary_counts_and_adds_up_what_the_ledger_has(outcome: Maker) -> None:
    bills = (
        bill("daily-deals", 27, "0.25", "20.50"),
        bill("daily-deals", 28, "0.10", "24.90"),
        bill("menu-board", 27, "0.50", "24.50"),
    )
    rows = artifacts.summary_table(
        {
            "daily-deals": [outcome("a"), outcome("b", "price: read 9", "0.05")],
            "menu-board": [outcome("c", "legal: not found", "0.05")],
        },
        Bills(bills=bills),
    )
    deals = "2026-11-27: $4.50 of $25.00, 2026-11-28: $0.10 of $25.00"
    assert [list(row.values()) for row in rows] == [
        [r"daily\-deals", "2", "1", "1", "$0.35", "4", deals],
        [r"menu\-board", "1", "0", "1", "$0.50", "2", "2026-11-27: $0.50 of $25.00"],
        ["all", "3", "1", "2", "$0.85", "6", ""],
    ]


def test_a_run_without_paid_providers_has_paid_nothing(outcome: Maker) -> None:
    (deals, every) = artifacts.summary_table({"deals": [outcome("a")]})
    assert (deals["paid"], deals["used of the day's budget"]) == ("$0.00", "nothing to pay")
    assert every["paid"] == "$0.00"


def test_only_what_is_held_is_listed_with_its_reason(outcome: Maker) -> None:
    rows = artifacts.held_table([outcome("a"), outcome("b", "legal: not found")])
    assert rows == [{"variant": "b", "why it is held": r"legal\: not found"}]


def test_a_long_reason_is_cut(outcome: Maker) -> None:
    said = artifacts.reason(outcome("a", "x" * 1000))
    assert len(said) == artifacts.LONGEST_REASON + 1
    assert said.endswith("…")


def test_the_contact_sheet_shows_pictures_side_by_side(outcome: Maker, picture: bytes) -> None:
    url = artifacts.contact_sheet([outcome(str(number)) for number in range(3)], lambda _: picture)
    assert url is not None
    kind, _, content = url.partition(";base64,")
    assert kind == "data:image/jpeg"
    with Image.open(io.BytesIO(base64.b64decode(content))) as sheet:
        assert sheet.size == (3 * artifacts.CELL[0], artifacts.CELL[1])
        for column in range(3):
            middle = sheet.getpixel((column * artifacts.CELL[0] + 75, 95))
            assert isinstance(middle, tuple)
            assert all(abs(a - b) < 6 for a, b in zip(middle, (228, 87, 46), strict=True))


def test_a_run_of_a_thousand_gives_a_small_contact_sheet(outcome: Maker, picture: bytes) -> None:
    url = artifacts.contact_sheet(
        [outcome(str(number)) for number in range(1000)], lambda _: picture
    )
    assert url is not None
    assert len(url) < 300_000


def test_a_run_without_pictures_has_no_contact_sheet(outcome: Maker, picture: bytes) -> None:
    nothing = dataclasses.replace(outcome("a", "refused"), deliverable=None)
    assert artifacts.contact_sheet([nothing], lambda _: picture) is None


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "| a | b |\n| --- | --- |",
    "`` ` `` ```js\nalert(1)\n```",
    "# Heading\n\n> quote\n- item\n1. one\n***",
    "https://evil.example www.evil.example a@evil.example",
    "\\[x\\](http://evil.example)",
    "&lt;b&gt; &#x3c;b&#x3e;",
    "$x$ :smile: ^sup^ ~sub~ ==mark== [^1]",
    "\u202e\u2066RTL\u2069\x00\x1b[31m\u2028next",
)


def misread(outcome: Outcome, said: str) -> Outcome:
    """Return an outcome of which every text that a stranger may have written is the same."""
    line = LineProof(
        role=said,
        expected=said,
        read=said,
        verdict=Verdict.FAIL,
        box=(0, 0, 9, 9),
        reader=said,
        confidence=0.5,
        shape=None,
        reason=said,
    )
    proof = Proof(verdict=Verdict.FAIL, lines=(line,), extra=(), readers={}, ms=0)
    return dataclasses.replace(
        outcome, variant=said, reason=said, proof=proof, crops=("crop",), lettering={said: said}
    )


def bare_marks(text: str) -> str:
    """Return the marks of Markdown and HTML that are not escaped."""
    return "".join(re.findall(r"(?<!\\)(?:\\\\)*([<>\[\]`*_|&#~!:.@])", text.replace("@", r"\@")))


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_campaign_or_a_reader_is_markup_in_any_artifact(
    outcome: Maker, picture: bytes, said: str
) -> None:
    one = misread(outcome("a"), said)
    held = dataclasses.replace(one, status=Status.HELD)
    shown = evidence([held], lambda _: picture)
    body = shown.replace(evidence_head(), "")
    url = re.compile(r"!\[\]\(data:image/jpeg;base64,[A-Za-z0-9+/=]+\)")
    assert len(url.findall(body)) == 1
    cells = [row for row in url.sub("", body).splitlines() if row.startswith("| ")]
    assert len(cells) == 1
    assert bare_marks(cells[0]) == "|" * 6
    (title,) = [row for row in body.splitlines() if row.startswith("### ")]
    assert bare_marks(title.removeprefix("### ")) == ""
    tables = [
        *artifacts.batch_table([held]),
        *artifacts.held_table([held]),
        *artifacts.summary_table({said: [held]}),
    ]
    mine = [cell for row in tables for name, cell in row.items() if name not in NUMBERS]
    assert [cell for cell in mine if bare_marks(cell)] == []
    report = artifacts.report([said], f"out/{said}", said)
    assert [bare_marks(row.removeprefix("- ")) for row in report.splitlines()] == ["", ":", ":"]
    assert not any(char in shown + report for char in "\x00\x1b\u202e\u2028")


NUMBERS = {"paid", "cost", "used of the day's budget"}


def evidence_head() -> str:
    return "| line | asked for | read | why | where it stands |\n| --- | --- | --- | --- | --- |\n"


def test_the_evidence_is_bounded_however_much_is_held(outcome: Maker) -> None:
    large = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).save(large, "PNG")
    held = [
        dataclasses.replace(misread(outcome(str(n)), "x" * 5000), status=Status.HELD)
        for n in range(200)
    ]
    shown = evidence(held, lambda _: large.getvalue())
    assert len(shown) < 300_000
    assert shown.count("### ") == 12
    assert shown.endswith("… and 188 more, in the gallery.")


def test_a_crop_that_has_gone_is_said_to_be_missing(outcome: Maker) -> None:
    held = dataclasses.replace(misread(outcome("a"), "x"), status=Status.HELD)
    assert "| not found |" in evidence([held], lambda _: None)
    assert evidence([outcome("a")], lambda _: None) == ""


def test_only_an_address_of_the_web_becomes_a_link() -> None:
    link = artifacts.report(["done"], "https://cdn.example/a b/index.html>)[x](y", "out")
    assert "(<https://cdn.example/a%20b/index.html%3E%29%5Bx%5D%28y>)" in link
    assert "](<" not in artifacts.report(["done"], "javascript:alert(1)", "out")


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_a_plan_is_shown_as_code_whatever_its_copy_says(said: str) -> None:
    shown = artifacts.as_printed(f"daily-deals\n  de  price changed {said} \n\n<b>\n# x")
    assert all(row.startswith("    ") for row in shown.splitlines())
    assert not any(char in shown for char in "\x00\x1b\u202e\u2028")
