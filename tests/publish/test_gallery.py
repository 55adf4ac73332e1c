import base64
import hashlib
import html.parser
import pathlib
import re
from typing import Any

import pytest

from pipeline.publish.gallery import render_gallery

HOSTILE = "</template><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


class Page(html.parser.HTMLParser):
    """The elements of a page, in order, with their text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [
            found
            for name, found in self.elements
            if name == tag and attributes.items() <= found.items()
        ]

    def text(self) -> str:
        return " ".join(filter(None, self.texts))

    def between(self, tag: str) -> str:
        match = re.search(rf"<{tag}>(.*?)</{tag}>", self.source, re.DOTALL)
        assert match, tag
        return match[1]


def line(role: str, expected: str, read: str, verdict: str = "pass") -> dict[str, Any]:
    return {
        "role": role,
        "expected": expected,
        "read": read,
        "verdict": verdict,
        "box": [60, 90, 400, 50],
        "reader": "pp-ocr",
        "confidence": 0.998,
        "shape": 0.9961,
        "reason": "" if verdict == "pass" else f"{role} differs.",
    }


def record(number: int = 0, /, **changes: object) -> dict[str, Any]:
    headline = "Frische Bowls bis 14 Uhr"
    return {
        "variant": f"daily-deals-bowl-de-de-de-meta-feed-4x5-{number}",
        "campaign": "daily-deals",
        "offer": "bowl",
        "market": "de",
        "locale": "de_DE",
        "format": "meta-feed-4x5",
        "day": "2026-11-24",
        "strings": {"headline": headline, "price": "8,90 €"},
        "status": "accepted",
        "reason": "",
        "file": "daily-deals/de/bowl-0123456789ab.png",
        "sha256": "ab" * 32,
        "width": 1080,
        "height": 1350,
        "bytes": 204_801,
        "plate": {
            "sha256": "cd" * 32,
            "provider": "studio",
            "model": "flux-2-flex",
            "prompt_sha256": "ef" * 32,
            "seed": 7,
            "cost": "0",
            "reused": True,
        },
        "lettering": {"headline": "typeset", "price": "typeset"},
        "fonts": {"Baloo2[wght].ttf": "12" * 32},
        "engine": "pytakumi 0.1.5",
        "attempts": 1,
        "cost": "0.05",
        "proof": {
            "verdict": "pass",
            "lines": [line("headline", headline, headline), line("price", "8,90 €", "8,90 €")],
            "extra": [],
            "readers": {"pp-ocr": "PP-OCRv5"},
            "ms": 412,
        },
        **changes,
    }


def misread(number: int = 0, /, **changes: object) -> dict[str, Any]:
    proof = {
        "verdict": "fail",
        "lines": [
            line("headline", "Frische Bowls", "Frische Bowls"),
            line("price", "8,90 €", "3,90 €", "fail"),
        ],
        "extra": [{"text": "50 %", "box": [700, 90, 120, 60], "reason": "Nobody asked for it."}],
        "readers": {},
        "ms": 9,
    }
    reason = "The price reads 3,90 € where 8,90 € was asked for."
    return record(number, status="held", reason=reason, proof=proof, **changes)


def undrawn(number: int = 0, /) -> dict[str, Any]:
    nothing = dict.fromkeys(("file", "sha256", "width", "height", "bytes", "plate", "proof"))
    return record(number, status="held", reason="The headline does not fit.", **nothing)


def page(*records: dict[str, Any], **run: object) -> Page:
    return Page(render_gallery({"run": "r1", "creatives": list(records), **run}))


def test_an_empty_run_says_that_nothing_was_scheduled_and_what_to_look_at() -> None:
    empty = page()
    assert "Nothing was scheduled" in empty.text()
    assert "valid_from" in empty.text()
    assert not empty.all("form")
    assert not empty.all("li")


def test_five_hundred_creatives_are_all_there_and_their_pictures_load_late() -> None:
    many = page(*(record(number) for number in range(500)))
    assert len(many.all("li", **{"class": "item"})) == 500
    assert len(many.all("template")) == 500
    assert len(many.all("img", loading="lazy", width="1080", height="1350")) == 500
    assert "All 500 creatives passed" in many.text()
    assert "1,000" in many.text()


@pytest.mark.parametrize("key", ["variant", "campaign", "offer", "market", "locale", "format"])
def test_a_name_cannot_inject_markup(key: str) -> None:
    hostile, plain = page(misread(**{key: HOSTILE})), page(misread())
    assert len(hostile.elements) == len(plain.elements)
    assert not hostile.all("img", src="x")
    assert "7*7" in hostile.source


def test_copy_reasons_and_readings_cannot_inject_markup() -> None:
    creative = misread(strings={"headline": HOSTILE}, engine=HOSTILE, fonts={HOSTILE: HOSTILE})
    creative["reason"] = HOSTILE
    for part in (*creative["proof"]["lines"], *creative["proof"]["extra"]):
        part["reason"] = HOSTILE
    creative["proof"]["lines"][0] |= {"expected": HOSTILE, "read": HOSTILE, "reader": HOSTILE}
    creative["proof"]["lines"][1] |= {"expected": HOSTILE + "8", "read": HOSTILE + "3"}
    creative["proof"]["checks"] = [
        dict.fromkeys(("name", "subject", "unit", "verdict", "reason"), HOSTILE)
        | {"measured": 1, "limit": 2}
    ]
    creative |= {"overview": HOSTILE, "crops": [HOSTILE, HOSTILE], "evidence": "//" + HOSTILE}
    creative["proof"]["extra"][0]["text"] = HOSTILE
    creative["proof"]["readers"] = {HOSTILE: HOSTILE}
    hostile = page(creative, run=HOSTILE, versions={HOSTILE: HOSTILE})
    assert len(hostile.all("script")) == 1
    assert len(hostile.all("template")) == 1
    assert not [element for element in hostile.elements if "onerror" in element[1]]
    assert {image["src"][:2] for image in hostile.all("img")} == {"./"}


@pytest.mark.parametrize("file", ["//host.example/a.png", "/etc/a.png", "../../a.png", "x:y/a.png"])
def test_a_picture_can_only_come_from_the_folder_of_the_page(file: str) -> None:
    sources = {image["src"] for image in page(record(file=file)).all("img")}
    assert len(sources) == 1
    source = sources.pop()
    assert source.startswith("./")
    assert ".." not in source
    assert ":" not in source
    assert "//" not in source


def test_the_page_names_no_address_outside_itself() -> None:
    source = page(record(), misread(1), undrawn(2), versions={"proofpress": "0.1.0"}).source
    assert not re.search(r"https?:|//[a-z]|@import|url\(", source)


def test_the_policy_allows_exactly_the_style_and_the_script_of_the_page() -> None:
    whole = page(record())
    (meta,) = whole.all("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = dict(part.split(" ", 1) for part in meta["content"].split("; "))
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        digest = hashlib.sha256(whole.between(tag).encode()).digest()
        assert policy[directive] == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "'self' file:"
    assert not [name for _, found in whole.elements for name in found if name.startswith("on")]
    assert not [found for _, found in whole.elements if "style" in found]


def test_market_format_verdict_and_free_text_filters_are_there_with_their_counts() -> None:
    french = {"market": "fr", "locale": "fr_FR", "format": "meta-story-9x16"}
    filters = page(record(0), record(1, **french), misread(2))
    assert filters.all("input", type="search", name="search")
    assert {select["name"] for select in filters.all("select")} == {"market", "format"}
    assert {"de · Germany (2)", "fr · France (1)", "meta-feed-4x5 (2)"} <= set(filters.texts)
    verdicts = filters.all("input", type="radio", name="verdict")
    assert [choice["value"] for choice in verdicts] == ["", "pass", "fail", "unsure", "none"]
    assert ["disabled" in choice for choice in verdicts] == [False, False, False, True, True]


def test_each_creative_carries_what_the_filters_look_for() -> None:
    (item,) = page(record()).all("li", **{"class": "item"})
    assert item["data-market"] == "de"
    assert item["data-format"] == "meta-feed-4x5"
    assert item["data-verdict"] == "pass"
    assert "germany · german" in item["data-search"]
    assert "frische bowls bis 14 uhr" in item["data-search"]


def test_the_script_applies_every_filter_of_the_page() -> None:
    filters = page(record(0), record(1, campaign="menu", market="fr", format="menu-16x9"))
    applied = re.search(r"\[([a-z\", ]+)\]\.every", filters.between("script"))
    assert applied
    named = {
        field["name"]
        for tag in ("select", "input")
        for field in filters.all(tag)
        if "name" in field
    }
    assert named - {"view"} == {"search", *re.findall(r"[a-z]+", applied[1])}


@pytest.mark.parametrize(
    ("locale", "text"), [("ar_AE", "سلطات طازجة حتى 2 ظهراً"), ("he_IL", "קערות טריות עד 14:00")]
)
def test_copy_of_any_script_chooses_its_own_direction(locale: str, text: str) -> None:
    proof = {"verdict": "pass", "lines": [line("headline", text, text)], "extra": []}
    shown = page(record(locale=locale, strings={"headline": text}, proof=proof))
    language = locale.replace("_", "-")
    assert len(shown.all("span", dir="auto", lang=language)) == 1
    assert len(shown.all("h2", dir="auto", lang=language)) == 1
    assert len(shown.all("span", dir="rtl", lang=language)) == 1
    assert len(shown.all("dd", dir="rtl", lang=language)) == 2
    assert shown.texts.count(text) == 5


def test_what_is_held_comes_first_with_its_reason_the_severest_on_top() -> None:
    held = page(record(0), undrawn(1), misread(2), record(3))
    order = [item["data-verdict"] for item in held.all("li", **{"class": "item"})]
    assert order == ["fail", "none", "pass", "pass"]
    assert "2 of 4 creatives are held" in held.text()
    assert "The price reads 3,90 € where 8,90 € was asked for." in held.texts
    assert "The headline does not fit." in held.texts


def test_a_creative_that_was_never_drawn_shows_no_picture_and_can_still_be_opened() -> None:
    blank = page(undrawn())
    assert not blank.all("img")
    assert blank.all("button", **{"class": "card"})
    assert "Nothing was drawn" in blank.texts
    assert "There is no picture to proofread" in blank.texts


def test_the_differing_characters_of_a_failed_line_are_marked_in_both_strings() -> None:
    source = page(misread()).source
    assert '<span class="differs">8</span>,90' in source
    assert '<span class="differs">3</span>,90' in source


def test_lines_that_passed_are_closed_and_the_others_open() -> None:
    lines = page(misread()).source.split('<li class="line ')[1:3]
    assert ["<details open>" in one for one in lines] == [True, False]
    assert "8,90 €</span>" in lines[0].split("</summary>")[0]


def test_weak_characters_are_shown_with_how_sure_the_reader_was() -> None:
    sure = [0.99, 0.99, 0.612, 0.99, 0.99, 0.99]
    weak = line("price", "8,90 €", "8,90 €") | {"confidences": sure}
    proof = {"verdict": "pass", "lines": [weak], "extra": []}
    assert (
        '8,<span class="weak" title="read with 61 %">9</span>0' in page(record(proof=proof)).source
    )


def test_a_line_that_reads_as_something_else_altogether_is_shown_without_marks() -> None:
    other = line("price", "8,90 €", "Bowls und mehr", "fail")
    proof = {"verdict": "fail", "lines": [other], "extra": []}
    found = page(record(proof=proof))
    assert 'class="differs"' not in found.source
    assert "Bowls und mehr" in found.texts


def test_the_pictures_of_the_proof_are_shown_and_load_late() -> None:
    creative = misread(
        overview="a1" * 32, crops=["b2" * 32, None], evidence="2026-11-24/deals/evidence"
    )
    found = page(creative)
    (crop,) = found.all("img", **{"class": "crop"})
    assert crop["src"] == f"./2026-11-24/deals/evidence/{'b2' * 32}.jpg"
    assert (crop["loading"], crop["width"], crop["height"]) == ("lazy", "412", "62")
    (shown,) = [img for img in found.all("img", loading="lazy") if "a1" * 32 in img["src"]]
    assert shown["src"] == f"./2026-11-24/deals/evidence/{'a1' * 32}.jpg"
    assert found.all("input", type="radio", name="view", value="overview")
    headline = found.source.split('data-role="headline"')[-1]
    assert "b2b2" in headline  # crops are in the order of the proof, whatever comes first here


def test_a_record_of_before_there_were_such_pictures_is_shown_without_them() -> None:
    found = page(record(), misread(1))
    assert not found.all("img", **{"class": "crop"})
    assert "has-overview" not in found.source.split("</style>")[1]
    assert len(found.all("rect")) == 5


@pytest.mark.parametrize("crops", [[], [None], ["b2" * 32] * 9])
def test_crops_that_do_not_fit_the_lines_do_no_harm(crops: list[str | None]) -> None:
    lines = [found for found in page(record(crops=crops)).all("li") if "line" in found["class"]]
    assert len(lines) == 2


def test_checks_show_what_was_measured_against_the_limit_those_that_failed_first() -> None:
    right = {"name": "file_weight", "subject": "", "measured": 204801, "unit": "bytes",
             "limit": 5_000_000, "verdict": "pass", "reason": ""}  # fmt: skip
    wrong = {"name": "contrast", "subject": "price", "measured": 2.125, "unit": "to 1",
             "limit": 3.0, "verdict": "fail", "reason": "stands out too little"}  # fmt: skip
    proof = misread()["proof"] | {"checks": [right, wrong]}
    found = page(record(proof=proof))
    marks = [one["class"] for one in found.all("li") if one["class"].startswith("check")]
    assert marks == ["check fail", "check pass"]
    assert {"Contrast · price", "2.12 to 1", "limit 3 to 1", "stands out too little"} <= set(
        found.texts
    )
    assert {"File weight", "204,801 bytes", "limit 5,000,000 bytes"} <= set(found.texts)
    assert "Checks" not in page(misread()).texts


def test_spaces_that_a_reader_put_between_letters_and_their_signs_are_not_shown() -> None:
    proof = {"verdict": "pass", "lines": [line("offer", "วันนี้", "ว ั น น ี ้")], "extra": []}
    assert page(record(proof=proof)).texts.count("วันนี้") == 3


def test_ink_that_says_nothing_is_told_once_and_boxed_everywhere() -> None:
    specks = [{"text": "", "box": [n, 5, 6, 7], "reason": "something stands here"} for n in (1, 2)]
    proof = {"verdict": "fail", "lines": [], "extra": specks}
    found = page(record(proof=proof))
    assert found.texts.count("something stands here (2 places)") == 1
    assert len(found.all("rect")) == 2


def test_the_line_that_failed_stands_before_the_lines_that_passed() -> None:
    lines = [found for found in page(misread()).all("li") if found["class"].startswith("line")]
    assert [(found["data-role"], found["class"]) for found in lines] == [
        ("price", "line fail"),
        ("headline", "line pass"),
        ("extra", "line fail"),
    ]


def test_the_boxes_are_drawn_over_the_picture_where_the_text_was_read() -> None:
    boxes = page(misread()).all("rect")
    assert [(box["data-role"], box["x"], box["width"]) for box in boxes] == [
        ("price", "60", "400"),
        ("headline", "60", "400"),
        ("extra", "700", "120"),
    ]


def test_the_evidence_says_how_sure_the_reader_was_and_never_rounds_up() -> None:
    texts = page(record()).texts
    assert texts.count("99 %") == 4  # 0.998 and 0.9961, for each of two lines
    assert "100 %" not in texts
    assert {"pp-ocr", "typeset", "pytakumi 0.1.5", "ab" * 32, "12" * 32, "412 ms"} <= set(texts)


def test_the_cost_of_a_run_is_the_sum_of_its_creatives() -> None:
    assert "$0.10" in page(record(0), record(1)).texts
    assert "$0.0125" in page(record(0, cost="0.0125")).texts


def test_a_run_over_two_campaign_days_names_both() -> None:
    assert (
        "24 November 2026 to 25 November 2026" in page(record(0), record(1, day="2026-11-25")).texts
    )


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        ({"planted": 51, "slipped": 0}, "51 planted errors, all refused"),
        ({"planted": 51, "slipped": 2}, "51 planted errors, 2 slipped through"),
    ],
)
def test_the_page_says_what_the_self_test_came_to(tried: dict[str, int], said: str) -> None:
    assert said in page(record(), selftest=tried).text()
    assert "planted" not in page(record(), selftest={"planted": 0, "slipped": 0}).text()


def test_the_same_manifest_gives_the_same_page() -> None:
    manifest = {"run": "r1", "creatives": [record(), misread(1)]}
    assert render_gallery(manifest) == render_gallery(manifest)


def test_style_and_script_can_stand_in_a_page() -> None:
    pages = pathlib.Path(__file__).parents[2] / "templates" / "pages"
    for name in ("gallery.css", "gallery.js"):
        assert "</" not in (pages / name).read_text(encoding="utf-8")


def test_paid_attempts_and_the_reason_for_a_stand_in_are_shown() -> None:
    row = {
        "number": 1,
        "state": "rejected",
        "charged": "0.05",
        "provider": "runflow",
        "request_id": "01a205ca",
        "detail": "price: read 9",
    }
    waiting = {"number": 1, "state": "submitted", "charged": None, "provider": "runflow"}
    opinion = {"passed": False, "issues": ["crooked plate"], "cost": "0.01", "failure": ""}
    why = f"no picture passed {HOSTILE}"
    paid = record(1, fallback=why, ledger=[row, waiting], opinion=opinion)
    page = Page(render_gallery({"creatives": [record(), paid]}))
    assert "1 creative stands on the studio's plate in place of a paid picture; it says why." in (
        page.text()
    )
    assert "rejected · $0.05 · runflow · 01a205ca · price: read 9" in page.texts
    assert "submitted · not charged yet · runflow" in page.texts
    assert {"Attempt 1", "Attempt 2", "does not pass", "crooked plate"} <= set(page.texts)
    assert f"On the studio's plate in place of a paid picture: {why}" in page.texts
    assert HOSTILE not in page.source
