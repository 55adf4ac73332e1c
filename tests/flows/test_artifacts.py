"""What the UI shows is right, and text from a campaign stays text."""

import base64
import dataclasses
import datetime as dt
import decimal
import io
from collections.abc import Callable

import pytest
from PIL import Image

from flows import artifacts
from pipeline.produce.outcome import Outcome
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
    assert (deals["paid"], deals["used of the day's budget"]) == ("$0.00", "")
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
