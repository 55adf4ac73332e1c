"""Translation: what is written for translators, brought up to date, and compiled."""

import datetime as dt
import gettext
import pathlib

import pytest

from pipeline.campaign.messages.catalogue import read_catalogue
from pipeline.errors import CampaignError, UsageError
from pipeline.settings import PROJECT, Settings
from pipeline.translation import (
    Desk,
    compile_catalogue,
    examined,
    extract,
    open_desk,
    states,
    told,
    update,
)
from pipeline.typeset.renderer import TakumiRenderer
from tests.lunch import lunch

CAMPAIGN = (
    lunch("meta-feed-4x5", template="menu", also="source: en_GB\n", gb="en_GB", pl="pl_PL")
    + """\
offers:
  lunch:
    facts: {courses: 3}
    copy:
      headline: {en: Lunch}
      offer: {en: "{courses, plural, one {# course} other {# courses}}"}
    items:
      soup: {name: {en: Soup}, price: {gb: 4.50, pl: 18.00}}
"""
)
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the file of a menu in English, for a Polish market too."""
    path = tmp_path / "lunch.yaml"
    path.write_text(CAMPAIGN, "utf-8")
    return path


def desk(file: pathlib.Path, settings: Settings, now: dt.datetime = NOW) -> Desk:
    return open_desk(file, settings, now, TakumiRenderer())


def polish(file: pathlib.Path) -> pathlib.Path:
    return file.parent / "locale" / "lunch" / "pl.po"


def typed(path: pathlib.Path, *translations: tuple[str, str]) -> None:
    content = path.read_text("utf-8")
    for source, translation in translations:
        old = f'msgid "{source}"\nmsgstr ""'
        assert old in content
        content = content.replace(old, f'msgid "{source}"\nmsgstr "{translation}"')
    path.write_text(content, "utf-8")


def test_the_template_and_a_new_catalogue_have_every_text_with_its_room(
    file: pathlib.Path, settings: Settings
) -> None:
    opened = desk(file, settings)
    path, count = extract(opened)
    assert (path.name, count) == ("messages.pot", 3)
    assert "Plural-Forms" not in path.read_text("utf-8")
    assert told(update(opened, ["pl"])["pl"]) == "3 missing"
    content = polish(file).read_text("utf-8")
    assert content.count("#. Room: ") == 3
    assert "#. Dish soup of the offer lunch" in content
    assert "#: lunch.yaml:18" in content
    assert 'msgctxt "lunch/lunch/item.soup"' in content


def test_a_dishs_translation_stands_on_the_menu(file: pathlib.Path, settings: Settings) -> None:
    update(desk(file, settings), ["pl"])
    typed(polish(file), ("Lunch", "Obiad"), ("Soup", "Zupa"))
    words, problems = examined(file, settings)
    assert [problem.path for problem in problems] == ["lunch/lunch/offer"]
    assert told({"translated": 2, "missing": 1}) == "2 translated, 1 missing"
    content = polish(file).read_text("utf-8")
    for place, form in enumerate(("{courses} danie", "{courses} dania", "{courses} dań")):
        content = content.replace(f'msgstr[{place}] ""', f'msgstr[{place}] "{form}"')
    polish(file).write_text(content, "utf-8")
    words, problems = examined(file, settings)
    assert problems == ()
    offers = words.document.tree["offers"]  # type: ignore[call-overload, index]
    assert offers["lunch"]["items"]["soup"]["name"]["pl_PL"] == "Zupa"  # type: ignore[call-overload, index]


def test_an_update_without_news_leaves_the_file_as_it_is(
    file: pathlib.Path, settings: Settings
) -> None:
    update(desk(file, settings), ["pl"])
    typed(polish(file), ("Lunch", "Obiad"))
    before = polish(file).read_bytes()
    assert told(update(desk(file, settings, LATER), [])["pl"]) == "1 translated, 2 missing"
    assert polish(file).read_bytes() == before
    file.write_text(CAMPAIGN.replace("Lunch}", "Dinner}"), "utf-8")
    assert told(update(desk(file, settings, LATER), [])["pl"]) == "1 fuzzy, 2 missing"
    assert b"2026-11-24" in polish(file).read_bytes()


def test_a_compiled_catalogue_speaks_through_gettext_without_what_is_fuzzy(
    file: pathlib.Path, settings: Settings, tmp_path: pathlib.Path
) -> None:
    update(desk(file, settings), ["pl"])
    typed(polish(file), ("Lunch", "Obiad"), ("Soup", "Zupa"))
    content = polish(file).read_text("utf-8").replace("#: lunch.yaml:18", "#, fuzzy")
    for place, form in enumerate(("{courses} danie", "{courses} dania", "{courses} dań")):
        content = content.replace(f'msgstr[{place}] ""', f'msgstr[{place}] "{form}"')
    polish(file).write_text(content, "utf-8")
    path = compile_catalogue(read_catalogue(polish(file), "pl"), tmp_path / "out", "lunch")
    assert path.relative_to(tmp_path) == pathlib.Path("out/pl/LC_MESSAGES/lunch.mo")
    with path.open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)
    assert spoken.pgettext("lunch/lunch/headline", "Lunch") == "Obiad"
    assert spoken.pgettext("lunch/lunch/item.soup", "Soup") == "Soup"
    courses = ("lunch/lunch/offer", "{courses} course", "{courses} courses")
    assert [spoken.npgettext(*courses, n) for n in (1, 3, 5)] == [
        "{courses} danie",
        "{courses} dania",
        "{courses} dań",
    ]


def test_what_cannot_be_a_catalogue_here_is_refused(file: pathlib.Path, settings: Settings) -> None:
    opened = desk(file, settings)
    with pytest.raises(UsageError, match="'en_XA' is no locale"):
        opened.catalogue("en_XA")
    with pytest.raises(UsageError, match=r"needs no text in fr; its locales: en_GB, pl_PL"):
        opened.catalogue("fr")
    assert not opened.lacks("en")
    assert told(states(opened.catalogue("pl").entries)) == "3 missing"
    update(opened, ["pl"])
    bad = polish(file).read_text("utf-8").replace("plural=(", "plural=9+(")
    polish(file).write_text(bad, "utf-8")
    with pytest.raises(CampaignError, match=r"pl\.po:1: has a plural expression"):
        update(opened, [])


def test_an_example_for_translators_costs_nothing_and_is_typeset(
    file: pathlib.Path, settings: Settings
) -> None:
    paid = CAMPAIGN.replace("formats:", "provider: fal\nformats:")
    file.write_text(paid, "utf-8")
    example = desk(file, settings).examples()["lunch"]
    assert example.request.provider == "studio"
    assert set(example.lettering.values()) == {"typeset"}
    assert example.locale == "en_GB"
