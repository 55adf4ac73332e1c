"""A translator's day, in six scripts: copy goes out, comes back edited, is set and proofread."""

import datetime as dt
import functools
import json
import pathlib
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

import pytest

from pipeline.campaign.copychecks import localized
from pipeline.campaign.load import load_campaign
from pipeline.campaign.messages.catalogue import read_catalogue
from pipeline.campaign.messages.plurals import category_places, split_plural
from pipeline.campaign.scalars import Role
from pipeline.daily import Workshop, open_workshop
from pipeline.dayplan import load
from pipeline.plan.variants import variants_of
from pipeline.produce.outcome import Outcome
from pipeline.proof.prove import Proofreader
from pipeline.settings import read_settings
from tests.e2e.conftest import PROJECT, Run

pytestmark = [pytest.mark.e2e, pytest.mark.ocr]

SCRIPTS = {
    "de": "de_DE", "uk": "uk_UA", "ar": "ar_AE", "hi": "hi_IN", "th": "th_TH", "ja": "ja_JP",
}  # fmt: skip
"""Catalogue to locale: Latin, Cyrillic, Arabic, Devanagari, Thai and Japanese letters."""

CAMPAIGN = """\
campaign: table
template: deal
source: en_GB
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
  fonts: {display: friendly, text: friendly}
formats: [meta-feed-4x5]
markets:
  gb: {locales: [en_GB], currency: GBP, time_zone: Europe/London}
  de: {locales: [de_DE], currency: EUR, time_zone: Europe/Berlin}
  ua: {locales: [uk_UA], currency: UAH, time_zone: Europe/Kyiv}
  ae: {locales: [ar_AE], currency: AED, time_zone: Asia/Dubai}
  in: {locales: [hi_IN], currency: INR, time_zone: Asia/Kolkata}
  th: {locales: [th_TH], currency: THB, time_zone: Asia/Bangkok}
  jp: {locales: [ja_JP], currency: JPY, time_zone: Asia/Tokyo}
offers:
  pizza:
    price: {gb: 11.50, de: 11.90, ua: 259, ae: 49, in: 399, th: 259, jp: 1980}
    facts: {slices: 8}
    copy:
      headline: {en: Pizza for the whole table}
      offer: {en: "{slices, plural, one {# slice} other {# slices}}, fresh from the oven"}
copy:
  cta: {en: Order now}
"""

FILE = "campaigns/table.yaml"
ROLES: dict[str, Role] = {"table/pizza/offer": "offer", "table/*/cta": "cta"}


@functools.cache
def spoken(offer: str, role: Role, locale: str) -> str:
    """Return what the example campaign says in a locale: real translations."""
    campaign = load_campaign(PROJECT / "campaigns" / "daily-deals.yaml", ["deal"]).campaign
    texts = campaign.offers[offer].copy_.get(role) or campaign.copy_[role]
    return localized(texts, locale) or ""


def forms_of(text: str, header: str, locale: str) -> list[str]:
    """Return a text as the numbered forms of a catalogue."""
    places = category_places(header, locale)
    plural = split_plural(text)
    forms = dict.fromkeys(places, text) if plural is None else plural.forms
    by_place = {place: forms.get(name, forms["other"]) for name, place in places.items()}
    return [by_place[place] for place in sorted(by_place)]


def written_in(content: str, context: str, forms: list[str]) -> str:
    """Return a PO file in which somebody typed a translation, as in any text editor."""
    before, mark, rest = content.partition(f'msgctxt "{context}"')
    entry, gap, after = rest.partition("\n\n")
    told, _, old = entry.partition("msgstr")
    plural = old.startswith("[")
    lines = [
        f"msgstr{f'[{at}]' if plural else ''} {json.dumps(form, ensure_ascii=False)}"
        for at, form in enumerate(forms)
    ]
    return f"{before}{mark}{told}{chr(10).join(lines)}{gap}{after}"


@pytest.fixture
def shop(workplace: pathlib.Path) -> pathlib.Path:
    """A workplace with a campaign that speaks English in seven markets."""
    (workplace / FILE).write_text(CAMPAIGN, "utf-8")
    return workplace


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The tools of a run, with the real readers."""
    work = str(tmp_path_factory.mktemp("work"))
    reader = Proofreader.standard()
    return open_workshop(read_settings({"PROOFPRESS_WORK": work}, 1), reader, reader.versions())


def made(shop: pathlib.Path, workshop: Workshop) -> Iterator[tuple[str, dict[str, str], Outcome]]:
    """Yield locale, lines and outcome of every creative of the campaign as it is now."""
    (loaded,) = load([shop / FILE], workshop.settings)
    days = dict.fromkeys(loaded.campaign.markets, dt.date(2026, 12, 1))
    drawn_with = (workshop.settings.templates, workshop.renderer.engine)
    for variant in variants_of(loaded, days, drawn_with):
        lines = {line.role: line.text for line in variant.lines}
        yield variant.locale, lines, workshop.press.produce(variant)


def passed(shop: pathlib.Path, workshop: Workshop, headline: Callable[[str], str]) -> None:
    """See every creative pass, with the translator's words on it."""
    seen = []
    for locale, lines, outcome in made(shop, workshop):
        assert outcome.reason == "", (locale, outcome.reason)
        if locale == "en_GB":
            continue
        seen.append(locale)
        assert outcome.proof is not None
        proved = {line.role: line.expected for line in outcome.proof.lines}
        assert proved["headline"] == lines["headline"] == headline(locale)
        assert lines["cta"] == spoken("pizza", "cta", locale)
        assert "8" in lines["offer"] or "٨" in lines["offer"]
    assert sorted(seen) == sorted(SCRIPTS.values())


def translated(shop: pathlib.Path, headline: Callable[[str], str]) -> None:
    """Type translations of everything into all six catalogues."""
    for name, locale in SCRIPTS.items():
        path = shop / "campaigns" / "locale" / "table" / f"{name}.po"
        catalogue = read_catalogue(path, name)
        content = path.read_text("utf-8")
        content = written_in(content, "table/pizza/headline", [headline(locale)])
        for context, role in ROLES.items():
            text = spoken("pizza", role, locale)
            plural = context.endswith("offer")
            forms = forms_of(text, catalogue.plural_forms, name) if plural else [text]
            content = written_in(content, context, forms)
        path.write_text(content, "utf-8")


def test_a_translators_edit_in_six_scripts_is_what_runs_and_passes_the_proof(
    proofpress: Run, shop: pathlib.Path, workshop: Workshop
) -> None:
    begin = [word for name in SCRIPTS for word in ("--locale", name)]
    out = proofpress("messages", "extract", "--no-pictures", *begin, FILE)
    assert out.returncode == 0, out.stderr
    assert "messages.pot: 3 texts" in out.stdout
    japanese = (shop / "campaigns/locale/table/ja.po").read_text("utf-8")
    assert re.search(r"#\. Room: \d rows of \d+ px in Noto Sans JP at \d+ px \(", japanese)
    assert "#. {slices} is the number that chooses the form, such as 8" in japanese

    missing = proofpress("check", FILE)
    assert missing.returncode == 2
    line = 1 + japanese.split("\n").index('msgid "Order now"')
    at = f"campaigns/locale/table/ja.po:{line}: table/*/cta: is not translated (market jp, ja_JP)"
    assert at in missing.stderr

    translated(shop, lambda locale: spoken("pizza", "headline", locale))
    assert proofpress("messages", "check", FILE).returncode == 0

    for name, locale in SCRIPTS.items():
        path = shop / "campaigns" / "locale" / "table" / f"{name}.po"
        new = [spoken("burger", "headline", locale)]
        path.write_text(written_in(path.read_text("utf-8"), "table/pizza/headline", new), "utf-8")
    passed(shop, workshop, lambda locale: spoken("burger", "headline", locale))


def test_an_agencys_xliff_in_six_scripts_is_what_runs_and_passes_the_proof(
    proofpress: Run, shop: pathlib.Path, workshop: Workshop
) -> None:
    begin = [word for name in SCRIPTS for word in ("--locale", name)]
    out = proofpress("messages", "extract", "--no-pictures", "--xliff", *begin, FILE)
    assert out.returncode == 0, out.stderr
    folder = shop / "campaigns" / "locale" / "table"
    ET.register_namespace("", "urn:oasis:names:tc:xliff:document:2.0")
    for name, locale in SCRIPTS.items():
        path = folder / f"{name}.xlf"
        tree = ET.parse(path)  # noqa: S314 - written a moment ago
        _translate(tree, locale)
        tree.write(path, "utf-8", xml_declaration=True)
    back = proofpress("messages", "import", FILE, *(f"{folder / name}.xlf" for name in SCRIPTS))
    assert back.returncode == 0, back.stderr
    assert back.stdout.count(": 3 translated") == len(SCRIPTS)
    passed(shop, workshop, lambda locale: spoken("pizza", "headline", locale))


def _translate(tree: "ET.ElementTree[ET.Element]", locale: str) -> None:
    space = {"x": "urn:oasis:names:tc:xliff:document:2.0"}
    for unit in tree.iterfind(".//x:unit", space):
        context, _, category = str(unit.get("name")).partition("[")
        role = ROLES.get(context, "headline")
        text = spoken("pizza", role, locale)
        plural = split_plural(text)
        if plural:
            text = plural.forms.get(category.strip("]"), plural.forms["other"])
        segment = unit.find("x:segment", space)
        assert segment is not None
        segment.set("state", "translated")
        target = ET.SubElement(segment, "{urn:oasis:names:tc:xliff:document:2.0}target")
        target.text = text


def test_what_comes_back_wrong_is_refused_with_its_line(
    proofpress: Run, shop: pathlib.Path
) -> None:
    out = proofpress("messages", "extract", "--no-pictures", "--xliff", "--locale", "de", FILE)
    assert out.returncode == 0, out.stderr
    path = shop / "campaigns" / "locale" / "table" / "de.xlf"
    sent = path.read_text("utf-8")
    path.write_text(sent.replace(">Order now<", ">Order today<"), "utf-8")
    back = proofpress("messages", "import", FILE, str(path))
    assert back.returncode == 2
    line = next(n for n, text in enumerate(sent.split("\n"), 1) if ">Order now<" in text)
    assert f"de.xlf:{line}: table/*/cta: translates another text, 'Order today'" in back.stderr

    path.write_text("<xliff version='1.2' xmlns='urn:oasis:names:tc:xliff:document:1.2'/>")
    back = proofpress("messages", "import", FILE, str(path))
    assert back.returncode == 2
    assert "de.xlf:1: is no XLIFF 2" in back.stderr


def test_a_text_that_will_not_fit_once_translated_is_found_before(
    proofpress: Run, shop: pathlib.Path
) -> None:
    assert proofpress("plan", "--pseudo", FILE).stdout.endswith("texts a third longer fit\n")
    long = "Order the biggest pizza in town for the whole family"
    file = shop / FILE
    file.write_text(CAMPAIGN.replace("Order now", long), "utf-8")
    found = proofpress("plan", "--pseudo", FILE)
    assert found.returncode == 2
    line = 1 + file.read_text("utf-8").split("\n").index(f"  cta: {{en: {long}}}")
    assert f"table.yaml:{line}: copy.cta.en: '[Óřddéř" in found.stderr
    assert "characters too long" in found.stderr
    assert not (shop / "out").exists()
