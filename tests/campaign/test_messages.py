"""Catalogues beside a campaign: what they give it, and what is told about them."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign, load_campaign
from pipeline.campaign.messages.catalogue import (
    Catalogue,
    Entry,
    catalogue_bytes,
    read_catalogue,
)
from pipeline.campaign.messages.merge import merged_entries, template_entries
from pipeline.campaign.messages.plurals import plural_header
from pipeline.campaign.messages.texts import source_of
from pipeline.campaign.messages.words import Provenance, source_words
from pipeline.errors import CampaignError
from tests.lunch import lunch

CAMPAIGN = (
    lunch("meta-feed-4x5", also="source: en_GB\n", gb="en_GB", pl="pl_PL", ch="de_CH")
    + """\
offers:
  pizza:
    price: {gb: 7.50, pl: 29.90, ch: 14.90}
    was: {gb: 9.50, pl: 36.90, ch: 17.90}
    facts: {slices: 8}
    copy:
      headline: {en: You save {saving}, de: Sie sparen {saving}, pl: "Oszczędzasz {saving}"}
      offer:
        en: "{slices, plural, one {# slice} other {# slices}}, warm"
        de: "{slices, plural, one {# Stück} other {# Stücke}}, warm"
copy:
  cta: {en: Order now}
""".replace("You save {saving}", '"You save {saving}"').replace(
        "Sie sparen {saving}", '"Sie sparen {saving}"'
    )
)

CREATED = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
OFFER = ("{slices} slice, warm", "{slices} slices, warm")
POLISH = ("{slices} kawałek, ciepły", "{slices} kawałki, ciepłe", "{slices} kawałków, ciepłych")

Catalogues = dict[str, tuple[Entry, ...]]
Shelf = Callable[..., pathlib.Path]


def entry(context: str, source: str, *forms: str, **more: bool | tuple[str, ...]) -> Entry:
    return Entry(context=context, ids=(source, ""), forms=forms, **more)  # type: ignore[arg-type]


def blank(locale: str) -> Catalogue:
    return Catalogue(locale=locale, file=f"{locale}.po", content=b"")


CTA_PL = entry("lunch/*/cta", "Order now", "Zamów teraz")
CTA_DE = entry("lunch/*/cta", "Order now", "Jetzt bestellen")
OFFER_PL = Entry(context="lunch/pizza/offer", ids=OFFER, forms=POLISH)


@pytest.fixture
def shelf(tmp_path: pathlib.Path) -> Shelf:
    """Return what writes a campaign and its catalogues, and names the campaign's file."""

    def write(catalogues: Catalogues, text: str = CAMPAIGN) -> pathlib.Path:
        file = tmp_path / "lunch.yaml"
        file.write_text(text, "utf-8")
        folder = tmp_path / "locale" / "lunch"
        folder.mkdir(parents=True, exist_ok=True)
        for locale, entries in catalogues.items():
            content = catalogue_bytes(blank(locale), entries, {}, CREATED)
            (folder / f"{locale}.po").write_bytes(content)
        return file

    return write


def load(file: pathlib.Path) -> LoadedCampaign:
    return load_campaign(file, ["deal"])


def told(file: pathlib.Path) -> list[str]:
    try:
        load(file)
    except CampaignError as error:
        folder = f"{file.parent}/"
        return [str(problem).removeprefix(folder) for problem in error.problems]
    return []


def line_of(file: pathlib.Path, locale: str, wanted: str) -> int:
    lines = (file.parent / "locale" / "lunch" / f"{locale}.po").read_text("utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if wanted in line)


def test_what_the_file_lacks_comes_from_the_catalogue(shelf: Shelf) -> None:
    loaded = load(shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE,)}))
    offer = loaded.campaign.offers["pizza"].copy_
    assert loaded.campaign.copy_["cta"]["pl_PL"] == "Zamów teraz"
    assert loaded.campaign.copy_["cta"]["de_CH"] == "Jetzt bestellen"
    assert offer["offer"]["pl_PL"].startswith("{slices} kawał{slices, plural, one {ek, ciepły}")
    assert offer["headline"]["pl"] == "Oszczędzasz {saving}"
    assert loaded.words.provenance_of(("copy", "cta", "pl_PL")) is Provenance.APPROVED
    assert loaded.words.provenance_of(("offers", "pizza", "copy", "headline", "pl")) is (
        Provenance.FILE
    )
    assert not loaded.words.notes


def test_without_a_catalogue_a_missing_text_is_told_at_its_line_of_the_file(shelf: Shelf) -> None:
    assert told(shelf({})) == [
        "lunch.yaml:19: offers.pizza.copy.offer: has no text for pl_PL; add `pl_PL: …`",
        "lunch.yaml:23: copy.cta: has no text for de_CH; add `de_CH: …`",
        "lunch.yaml:23: copy.cta: has no text for pl_PL; add `pl_PL: …`",
    ]


def test_a_missing_fuzzy_or_outdated_translation_refuses_its_market_by_name(shelf: Shelf) -> None:
    file = shelf(
        {
            "pl": (OFFER_PL, entry("lunch/*/cta", "Order now", "Zamów teraz", fuzzy=True)),
            "de": (entry("lunch/*/cta", "Order now", ""),),
        }
    )
    polish = line_of(file, "pl", 'msgid "Order now"')
    german = line_of(file, "de", 'msgid "Order now"')
    assert told(file) == [
        (
            f"locale/lunch/de.po:{german}: lunch/*/cta: is not translated (market ch, de_CH); "
            "translate it, or add `de_CH: …` to the campaign file"
        ),
        (
            f"locale/lunch/pl.po:{polish}: lunch/*/cta: is fuzzy (market pl, pl_PL); "
            "correct the translation and remove `fuzzy`"
        ),
    ]
    older = entry("lunch/*/cta", "Order today", "Zamów dziś")
    file = shelf({"pl": (OFFER_PL, older), "de": (CTA_DE,)})
    assert told(file) == [
        (
            f"locale/lunch/pl.po:{line_of(file, 'pl', 'Order today')}: lunch/*/cta: translates an "
            "older text, 'Order today' (market pl, pl_PL); run `proofpress messages update`, and "
            "have it translated again"
        )
    ]
    file = shelf({"pl": (OFFER_PL,), "de": (CTA_DE,)})
    assert told(file) == [
        (
            "locale/lunch/pl.po:1: lunch/*/cta: is not in the catalogue (market pl, pl_PL); "
            "run `proofpress messages update`, and translate it"
        )
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{slices} Zamów", "has {slices}, which its source has not"),
        ("Zamów } teraz", "has a } without its {"),
        ("Zamów\\tteraz", "has the invisible character U+0009"),
        ("Za\\\\mów {teraz}", "has {teraz}, which its source has not"),
    ],
)
def test_a_broken_translation_is_told_at_its_line(shelf: Shelf, text: str, what: str) -> None:
    file = shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE,)})
    path = file.parent / "locale" / "lunch" / "pl.po"
    path.write_text(path.read_text("utf-8").replace("Zamów teraz", text), "utf-8")
    (problem,) = told(file)
    line = line_of(file, "pl", 'msgid "Order now"')
    assert problem.startswith(f"locale/lunch/pl.po:{line}: ")
    assert what in problem


def test_a_regional_catalogue_goes_first_and_its_language_stands_in_visibly(shelf: Shelf) -> None:
    regional = entry("lunch/*/cta", "Order now", "Jetzt bschtelle")
    loaded = load(shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE,), "de_CH": (regional,)}))
    assert loaded.campaign.copy_["cta"]["de_CH"] == "Jetzt bschtelle"
    empty = entry("lunch/*/cta", "Order now", "")
    loaded = load(shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE,), "de_CH": (empty,)}))
    assert loaded.campaign.copy_["cta"]["de_CH"] == "Jetzt bestellen"
    assert loaded.words.provenance_of(("copy", "cta", "de_CH")) is Provenance.FALLBACK
    (note,) = loaded.words.notes
    assert note.file.endswith("de_CH.po")
    assert "is not translated" in note.what
    assert "de.po:" in note.remedy


def test_a_machine_translation_is_used_and_said_to_be_one(shelf: Shelf) -> None:
    machine = entry("lunch/*/cta", "Order now", "Zamów", comments=("provenance: machine",))
    loaded = load(shelf({"pl": (OFFER_PL, machine), "de": (CTA_DE,)}))
    assert loaded.words.provenance_of(("copy", "cta", "pl_PL")) is Provenance.MACHINE
    assert ["was written by a machine" in note.what for note in loaded.words.notes] == [True]


def test_an_entry_that_nothing_asks_for_is_noted(shelf: Shelf) -> None:
    unasked = entry("lunch/pizza/headline", "You save {saving}", "Oszczędzasz dziś {saving}")
    gone = Entry(context="lunch/*/code", ids=("Old", ""), forms=("Stary",), obsolete=True)
    loaded = load(shelf({"pl": (OFFER_PL, CTA_PL, unasked, gone), "de": (CTA_DE,)}))
    whats = {note.path: note.what for note in loaded.words.notes}
    assert whats["lunch/*/code"] == "is obsolete"
    assert whats["lunch/pizza/headline"].startswith("is asked for by nothing")
    assert all(note.line > 1 for note in loaded.words.notes)


def test_a_text_of_the_markets_own_territory_is_what_its_translator_gets() -> None:
    tree = {
        "campaign": "lunch",
        "source": "en_GB",
        "markets": {"gb": {"locales": ["en_GB"]}, "ca": {"locales": ["fr_CA"]}},
        "copy": {"legal": {"en_GB": "While stocks last", "en_CA": "While stocks last, plus tax"}},
    }
    source = source_of(tree)  # type: ignore[arg-type]
    (message,) = source.messages("fr")
    assert message.context == "lunch/*/legal@ca"
    assert message.ids == ("While stocks last, plus tax", "")


def test_two_markets_of_one_language_each_get_their_own_copy(shelf: Shelf) -> None:
    text = CAMPAIGN.replace("  ch: {locales: [de_CH]", "  ch: {locales: [de_CH, de_AT]").replace(
        "cta: {en: Order now}", "cta: {en: Order now, en_CH: Order in Switzerland}"
    )
    swiss = entry("lunch/*/cta@ch", "Order in Switzerland", "In der Schweiz bestellen")
    loaded = load(shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE, swiss)}, text))
    assert loaded.campaign.copy_["cta"]["de_AT"] == "Jetzt bestellen"
    assert loaded.campaign.copy_["cta"]["de_CH"] == "In der Schweiz bestellen"
    (problem,) = told(shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE,)}, text))
    assert "lunch/*/cta@ch: is not in the catalogue (market ch, de_CH)" in problem


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ('msgid "a"\nmsgstr "x\n', 2, "is no line of a PO file"),
        ('msgid "a"\nmsgstr "x"\n\nmsgid "a"\nmsgstr "y"\n', 5, "translates 'a' a second time"),
        ("\nrubbish\n", 2, "is no line of a PO file"),
        ('msgid "a"\nmsgid "b"\nmsgstr ""\n', 1, "missing msgstr"),
        (b'msgid "a"\nmsgstr "\xff"\n', 2, "is not UTF-8"),
        ('msgid ""\nmsgstr ""\n"POT-Creation-Date: soon\\n"\n', 1, "has a header that cannot"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_at_its_line(
    tmp_path: pathlib.Path, content: str | bytes, line: int, what: str
) -> None:
    path = tmp_path / "pl.po"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (problem,) = read_catalogue(path, "pl").problems
    assert (problem.line, problem.file) == (line, str(path))
    assert what in problem.what


def test_a_catalogue_of_no_locale_is_refused(shelf: Shelf) -> None:
    file = shelf({"pl": (OFFER_PL, CTA_PL), "de": (CTA_DE,)})
    folder = file.parent / "locale" / "lunch"
    (folder / "pl.po").rename(folder / "en_XA.po")
    assert any(problem.startswith("locale/lunch/en_XA.po:1: 'en_XA' is") for problem in told(file))


def test_a_campaign_cannot_name_the_pseudo_locale(shelf: Shelf) -> None:
    file = shelf({}, CAMPAIGN.replace("[pl_PL]", "[en_XA]"))
    assert any("unknown locale 'en_XA'" in problem for problem in told(file))


def test_a_catalogue_is_written_as_it_is_read(tmp_path: pathlib.Path) -> None:
    entries = (
        OFFER_PL,
        entry("lunch/*/cta", 'Say "now" \\ go', "Łódź", fuzzy=True, comments=("Jan: sure?",)),
        Entry(context="lunch/x/cta", ids=("Old", ""), forms=("Stary",), obsolete=True),
    )
    path = tmp_path / "pl.po"
    path.write_bytes(catalogue_bytes(blank("pl"), entries, {}, CREATED))
    read = read_catalogue(path, "pl")
    assert [dataclasses.replace(one, line=0) for one in read.entries] == list(entries)
    assert read.plural_forms == plural_header("pl")
    assert catalogue_bytes(read, read.entries, {}, CREATED) == read.content


def test_what_gettexts_own_tools_write_is_understood(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "pl.po"
    path.write_text(
        '#, fuzzy, max-length:30\n#| msgid ""\n#| "Order "\n#| "now"\nmsgctxt "a/*/cta"\n'
        'msgid ""\n"Order "\n"today"\nmsgstr "Zamów"\n\n'
        '#~| msgid "x"\n#~ msgid "old"\n#~ msgstr "stary"\n',
        "utf-8",
        newline="\r\n",
    )
    read = read_catalogue(path, "pl")
    assert read.problems == ()
    (now, gone) = read.entries
    assert (now.ids[0], now.previous, now.fuzzy) == ("Order today", "Order now", True)
    assert (now.flags, now.line) == (("max-length:30",), 6)
    assert gone.obsolete
    written = catalogue_bytes(read, read.entries, {}, CREATED).decode()
    assert '#, fuzzy, max-length:30\n#| msgid "Order now"\n' in written


def test_what_a_tool_wrote_into_the_header_stays(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "pl.po"
    path.write_text(
        '# Anna, agency\nmsgid ""\nmsgstr ""\n"Last-Translator: Anna <anna@example.com>\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "\n'
        '"n%100>=20) ? 1 : 2);\\n"\n\nmsgctxt "a/*/cta"\nmsgid "Go"\nmsgstr "Idź"\n',
        "utf-8",
    )
    read = read_catalogue(path, "pl")
    assert read.header["Last-Translator"] == "Anna <anna@example.com>"
    assert read.plural_forms.endswith("n%100>=20) ? 1 : 2);")
    written = catalogue_bytes(read, read.entries, {}, CREATED).decode()
    assert written.startswith("# Anna, agency\nmsgid")
    assert '"Last-Translator: Anna <anna@example.com>\\n"' in written


def test_a_changed_text_keeps_its_translation_as_fuzzy_and_says_what_it_was(shelf: Shelf) -> None:
    file = shelf({"pl": (OFFER_PL, CTA_PL)}, CAMPAIGN.replace("Order now", "Order today"))
    path = file.parent / "locale" / "lunch" / "pl.po"
    source = load_campaign(file, ["deal"], source_words).words.source
    entries = merged_entries(source, read_catalogue(path, "pl"))
    (changed,) = [one for one in entries if one.context == "lunch/*/cta"]
    assert changed.fuzzy
    assert changed.ids == ("Order today", "")
    assert changed.previous == "Order now"
    assert changed.forms == ("Zamów teraz",)
    path.write_bytes(catalogue_bytes(blank("pl"), entries, {}, CREATED))
    assert b'#| msgid "Order now"' in path.read_bytes()
    assert merged_entries(source, read_catalogue(path, "pl"))[1].previous == "Order now"


def test_what_is_not_asked_for_any_more_stays_as_obsolete_and_comes_back(shelf: Shelf) -> None:
    file = shelf({"pl": (OFFER_PL, CTA_PL)}, CAMPAIGN[: CAMPAIGN.index("copy:\n  cta")])
    path = file.parent / "locale" / "lunch" / "pl.po"
    source = load_campaign(file, ["deal"], source_words).words.source
    entries = merged_entries(source, read_catalogue(path, "pl"))
    assert [(one.context, one.obsolete) for one in entries] == [
        ("lunch/pizza/offer", False),
        ("lunch/*/cta", True),
    ]
    path.write_bytes(catalogue_bytes(blank("pl"), entries, {}, CREATED))
    file.write_text(CAMPAIGN, "utf-8")
    source = load_campaign(file, ["deal"], source_words).words.source
    again = merged_entries(source, read_catalogue(path, "pl"))
    assert {(one.context, one.obsolete, one.fuzzy) for one in again} == {
        ("lunch/pizza/offer", False, False),
        ("lunch/*/cta", False, False),
    }


def test_the_template_has_what_any_locale_lacks_and_nothing_else(shelf: Shelf) -> None:
    source = load_campaign(shelf({}), ["deal"], source_words).words.source
    assert {(one.context, one.ids) for one in template_entries(source)} == {
        ("lunch/pizza/offer", OFFER),
        ("lunch/*/cta", ("Order now", "")),
    }
