"""Catalogues as XLIFF 2: what goes out comes back, and what is wrong is told."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.campaign.messages.catalogue import MACHINE, Catalogue, Entry, Notice
from pipeline.campaign.messages.xliff import returned_units, taken_back, xliff_bytes
from pipeline.errors import CampaignError

SLICES = ("{n} slice", "{n} slices")
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1).map(
    lambda text: f"a{text}"
)
SPACE = {"x": "urn:oasis:names:tc:xliff:document:2.0"}


def catalogue(*entries: Entry, locale: str = "pl") -> Catalogue:
    return Catalogue(locale=locale, file=f"{locale}.po", content=b"", entries=entries)


def there_and_back(sent: Catalogue) -> tuple[Entry, ...]:
    content = xliff_bytes(sent, "en_GB", "lunch", {})
    locale, units = returned_units(content, "pl.xlf")
    assert locale == sent.locale
    return taken_back(sent, units, "pl.xlf")


def said(content: bytes, sent: Catalogue) -> list[str]:
    with pytest.raises(CampaignError) as caught:
        taken_back(sent, returned_units(content, "pl.xlf")[1], "pl.xlf")
    return [str(problem) for problem in caught.value.problems]


@given(st.lists(st.tuples(TEXT, TEXT, st.booleans(), st.booleans()), max_size=4))
def test_what_goes_out_comes_back(
    texts: list[tuple[str, str, bool, bool]],
) -> None:
    entries = tuple(
        Entry(
            context=f"lunch/{number}/cta",
            ids=(source, ""),
            forms=(target,),
            fuzzy=fuzzy,
            comments=(MACHINE,) if machine else (),
        )
        for number, (source, target, fuzzy, machine) in enumerate(texts)
    )
    assert there_and_back(catalogue(*entries)) == entries


def test_every_form_is_a_unit_and_an_empty_one_is_not_translated() -> None:
    entry = Entry(context="lunch/*/offer", ids=SLICES, forms=("kawałek", "kawałki", ""))
    sent = catalogue(entry)
    _, units = returned_units(xliff_bytes(sent, "en_GB", "lunch", {}), "pl.xlf")
    assert {name: (unit.source, unit.target) for name, unit in units.items()} == {
        "lunch/*/offer[one]": ("{n} slice", "kawałek"),
        "lunch/*/offer[few]": ("{n} slices", "kawałki"),
        "lunch/*/offer[many]": ("{n} slices", ""),
    }
    assert there_and_back(sent) == (entry,)


def test_notes_stand_where_the_standard_has_them_and_names_are_legal() -> None:
    """XLIFF 2.0: a unit has notes before its segments, and ids are NMTOKENs, each once."""
    entry = Entry(context="lunch/*/cta", ids=("Go", ""), forms=("Idź",), comments=("Jan: ok?",))
    notices = {("lunch/*/cta", "Go"): Notice(comments=("Room: 1 row",))}
    root = etree.fromstring(xliff_bytes(catalogue(entry), "en_GB", "lunch", notices))
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.0", "en-GB", "pl")
    (unit,) = root.iterfind(".//x:unit", SPACE)
    assert [etree.QName(child).localname for child in unit] == ["notes", "segment"]
    assert [note.text for note in unit[0]] == ["Room: 1 row", "Jan: ok?"]
    assert set(unit[1].attrib) <= {"id", "canResegment", "state", "subState"}
    ids = [one.get("id") for one in root.iterfind(".//x:unit", SPACE)]
    assert all(re.fullmatch(r"[\w.:-]+", name) for name in ids)


def test_a_machines_string_is_approved_when_the_agency_says_it_is_final() -> None:
    entry = Entry(context="a/*/cta", ids=("Go", ""), forms=("Idź",), comments=(MACHINE, "hm"))
    sent = catalogue(entry)
    content = xliff_bytes(sent, "en", "a", {})
    assert b'subState="proofpress:machine"' in content
    final = content.replace(b' subState="proofpress:machine"', b"")
    final = final.replace(b'state="translated"', b'state="final"')
    (back,) = taken_back(sent, returned_units(final, "pl.xlf")[1], "pl.xlf")
    assert back.comments == ("hm",)
    assert not back.machine


def test_marks_strangers_and_other_texts_are_refused_with_their_line() -> None:
    sent = catalogue(Entry(context="a/*/cta", ids=("Go", ""), forms=("Idź",)))
    content = xliff_bytes(sent, "en", "a", {})
    marked = content.replace("Idź".encode(), b"<ph id='1'/>x")
    line = next(n for n, text in enumerate(content.split(b"\n"), 1) if b"<source>" in text)
    lost = "has marks in its translation, which would be lost; leave plain text only"
    assert said(marked, sent) == [f"pl.xlf:{line}: a/*/cta: {lost}"]
    assert (
        "translates another text, 'Run' and not 'Go'"
        in said(content.replace(b">Go<", b">Run<"), sent)[0]
    )
    stranger = content.replace(b'name="a/*/cta"', b'name="b/*/cta"')
    assert "b/*/cta: is of no text of this campaign" in said(stranger, sent)[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<x",
        b"<html/>",
        b"<xliff version='1.2' xmlns='urn:oasis:names:tc:xliff:document:1.2'/>",
    ],
)
def test_what_is_no_xliff_2_is_refused(content: bytes) -> None:
    with pytest.raises(CampaignError, match="is no XLIFF 2"):
        returned_units(content, "pl.xlf")


def test_an_entity_brings_no_file_of_this_machine_in() -> None:
    content = (
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
        b"<xliff version='2.0' xmlns='urn:oasis:names:tc:xliff:document:2.0' srcLang='en' "
        b"trgLang='pl'><file id='f'><unit id='a' name='a/*/cta'><segment><source>Go</source>"
        b"<target>&e;x</target></segment></unit></file></xliff>"
    )
    with pytest.raises(CampaignError, match="has marks in its translation"):
        returned_units(content, "pl.xlf")
