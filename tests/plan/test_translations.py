"""Translations in the plan: where words come from, what translators are told, what will not fit."""

import dataclasses
import datetime as dt
import json
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign, load_campaign
from pipeline.campaign.messages.catalogue import Catalogue, Entry, catalogue_bytes
from pipeline.campaign.messages.pseudo import pseudo_words
from pipeline.campaign.messages.texts import Message
from pipeline.campaign.messages.words import source_words
from pipeline.plan.briefing import Briefer, briefer_of
from pipeline.plan.choice import UNKNOWN
from pipeline.plan.plan import Plan, make_plan, misfit_problem, misfits
from pipeline.plan.report import plan_report
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import lay_out
from pipeline.typeset.renderer import TakumiRenderer
from tests.lunch import lunch

CAMPAIGN = (
    lunch(
        "meta-feed-4x5, google-landscape",
        also="source: en_GB\n",
        gb="en_GB",
        pl="pl_PL",
        jp="ja_JP",
    )
    + """\
offers:
  pizza:
    subject: a slice of pizza
    price: {gb: 7.50, pl: 29.90, jp: 1180}
    was: {gb: 9.50, pl: 36.90, jp: 1480}
    facts: {slices: 8}
    copy:
      headline: {en: "Save {saving} today", ja: "本日{saving}お得"}
      offer: {en: "{slices, plural, one {# slice} other {# slices}}, warm", ja: "{slices}枚"}
copy:
  cta: {en: Order now}
days:
  sunday: pizza
"""
)
DAY = dt.date(2026, 12, 6)  # a Sunday
MACHINE = ("provenance: machine",)
PL = (
    Entry(
        context="lunch/pizza/headline", ids=("Save {saving} today", ""), forms=("Dziś {saving}",)
    ),
    Entry(
        context="lunch/pizza/offer",
        ids=("{slices} slice, warm", "{slices} slices, warm"),
        forms=("{slices} kawałek", "{slices} kawałki", "{slices} kawałków"),
    ),
    Entry(context="lunch/*/cta", ids=("Order now", ""), forms=("Zamów",), comments=MACHINE),
    Entry(context="lunch/*/code", ids=("OLD", ""), forms=("STARY",), obsolete=True),
)
WORDS = {"pl": "zamów świeżą pizzę do stolika ", "ja": "今すぐ焼きたてのピザを注文する"}
JA = (Entry(context="lunch/*/cta", ids=("Order now", ""), forms=("今すぐ注文",)),)


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a campaign file with a Polish and a Japanese catalogue beside it."""
    path = tmp_path / "lunch.yaml"
    path.write_text(CAMPAIGN, "utf-8")
    shelve(path, "pl", PL)
    shelve(path, "ja", JA)
    return path


def shelve(file: pathlib.Path, locale: str, entries: tuple[Entry, ...]) -> pathlib.Path:
    path = file.parent / "locale" / "lunch" / f"{locale}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    blank = Catalogue(locale=locale, file=str(path), content=b"")
    path.write_bytes(catalogue_bytes(blank, entries, {}, dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    return path


def planned(loaded: LoadedCampaign, templates: pathlib.Path) -> Plan:
    days = dict.fromkeys(loaded.campaign.markets, DAY)
    return make_plan(loaded, days, (templates, "engine 1"), {}, UNKNOWN)


@pytest.fixture
def briefer(file: pathlib.Path, templates: pathlib.Path) -> Briefer:
    """Return who tells translators about the campaign's texts."""
    loaded = load_campaign(file, ["deal"], source_words)
    renderer = TakumiRenderer()
    drawn_with = (templates, renderer.engine)
    return briefer_of(loaded, drawn_with, renderer, {"pizza": "pictures/pizza.jpg"})


def messages(briefer: Briefer, locale: str) -> dict[str, Message]:
    found = briefer.loaded.words.source.messages(locale)
    return {message.context: message for message in found}


def test_the_plan_says_of_every_line_where_its_words_come_from(
    file: pathlib.Path, templates: pathlib.Path
) -> None:
    tree = json.loads(planned(load_campaign(file, ["deal"]), templates).to_json())
    assert tree["catalogues"].keys() == {"ja.po", "pl.po"}
    words = {
        (variant["market"], line["role"]): line["words"]
        for variant in tree["variants"]
        for line in variant["lines"]
    }
    assert {role: words["pl", role] for role in ("brand", "headline", "cta", "price", "badge")} == {
        "brand": "file",
        "headline": "approved",
        "cta": "machine",
        "price": "formatted",
        "badge": "formatted",
    }
    assert words["jp", "headline"] == "file"
    assert words["jp", "cta"] == "approved"


def test_the_report_counts_texts_and_names_what_needs_a_look(
    file: pathlib.Path, templates: pathlib.Path
) -> None:
    report = plan_report(planned(load_campaign(file, ["deal"]), templates))
    assert (
        "  words: 6 from the campaign file, 3 from translators, "
        "1 from a machine, approved by nobody\n"
    ) in report
    po = file.parent / "locale" / "lunch" / "pl.po"
    content = po.read_text("utf-8").split("\n")
    machine = 1 + content.index('msgid "Order now"')
    gone = 1 + content.index('#~ msgid "OLD"')
    assert f"{po}:{machine}: lunch/*/cta: was written by a machine (market pl, pl_PL)" in report
    assert f"{po}:{gone}: lunch/*/code: is obsolete" in report


def test_a_translation_that_does_not_fit_is_told_at_its_line_of_the_catalogue(
    file: pathlib.Path, templates: pathlib.Path
) -> None:
    long = dataclasses.replace(PL[2], forms=("Zamów największą pizzę w mieście dla całej rodziny",))
    po = shelve(file, "pl", (*PL[:2], long))
    loaded = load_campaign(file, ["deal"])
    plan = planned(loaded, templates)
    told = {
        str(misfit_problem(loaded, variant, misfit))
        for variant, misfit in misfits(plan.variants, TakumiRenderer())
    }
    line = 1 + po.read_text("utf-8").split("\n").index('msgid "Order now"')
    assert told
    assert all(one.startswith(f"{po}:{line}: copy.cta.pl_PL: 'Zamów") for one in told)


def test_a_translator_is_told_what_stands_for_what_and_sees_a_picture(briefer: Briefer) -> None:
    found = messages(briefer, "pl")
    notice = briefer.notice(found["lunch/pizza/headline"])
    assert notice.place == ("lunch.yaml", 19)
    assert notice.comments[0] == "Headline of the offer pizza: a slice of pizza"
    assert "{saving} is what is saved, such as 7,00\u00a0zł" in notice.comments
    assert notice.comments[-1] == "Picture: pictures/pizza.jpg"
    offer = briefer.notice(found["lunch/pizza/offer"]).comments
    assert "{slices} is the number that chooses the form, such as 8" in offer
    assert "Forms: [0] one: 1; [1] few: 2, 3, 4, 22, …; [2] many: 0, 5, 6, 7, …" in offer
    assert briefer.notice(found["lunch/*/cta"]).comments[0] == "Button of all offers"


@pytest.mark.parametrize("locale", ["pl", "ja"])
def test_the_room_that_is_told_is_the_room_there_is(briefer: Briefer, locale: str) -> None:
    """Words of the locale, as long as told, are set; a fifth more of them are not."""
    message = messages(briefer, locale)["lunch/*/cta"]
    room = briefer.room(message)
    assert room is not None
    variant = next(
        v for v in briefer.variants if v.market == message.market and v.format.name == room.format
    )
    sheet = dataclasses.replace(variant.sheet, locale=message.locale)
    words = 9 * WORDS[locale]

    def fits(length: int) -> bool:
        for block in variant.scene.lettering:
            for line in (one for one in block.lines if one.role == "cta"):
                text = words[:length].strip()
                tried = block.model_copy(
                    update={"lines": (line.model_copy(update={"text": text}),)}
                )
                return not isinstance(lay_out([tried], sheet, briefer.renderer), Misfit)
        raise AssertionError

    assert fits(int(room.characters * 0.85))
    assert not fits(int(room.characters * 1.2))


def test_pseudo_texts_reach_every_market_and_every_offer(
    file: pathlib.Path, templates: pathlib.Path
) -> None:
    loaded = load_campaign(file, ["deal"], pseudo_words)
    plan = planned(loaded, templates)
    assert {variant.market for variant in plan.variants} == {"gb", "pl", "jp"}
    headlines = {
        line.text for variant in plan.variants for line in variant.lines if line.role == "headline"
    }
    assert all(text.startswith("[Šávvé ") and text.endswith("]") for text in headlines)
    assert not list(misfits(plan.variants, TakumiRenderer()))


MakeLoaded = Callable[[str], LoadedCampaign]


def test_a_campaign_without_catalogues_says_nothing_about_them(
    load: MakeLoaded, text: str, templates: pathlib.Path
) -> None:
    assert "words:" not in plan_report(planned(load(text), templates))
