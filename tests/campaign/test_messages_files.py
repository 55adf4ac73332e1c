"""Catalogue files: any text comes back as it went out, and no bytes bring the reader down."""

import datetime as dt
import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.campaign.messages.catalogue import (
    Catalogue,
    Entry,
    catalogue_bytes,
    read_catalogue,
)

CREATED = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
BLANK = Catalogue(locale="pl", file="pl.po", content=b"")
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
COPY = st.text(st.sampled_from('ab ż"\\#{}%\u00a0\u2028\u200f日本ง\n\t'), min_size=1, max_size=12)
SOUND = catalogue_bytes(
    BLANK,
    (
        Entry(context="lunch/*/cta", ids=("Order now", ""), forms=("Zamów",), fuzzy=True),
        Entry(context="lunch/a/offer", ids=("{n} a", "{n} b"), forms=("a", "b", "c")),
        Entry(context="lunch/b/cta", ids=("Old", ""), forms=("Stary",), obsolete=True),
    ),
    {},
    CREATED,
)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "pl.po"


@QUIET
@given(texts=st.lists(st.tuples(COPY, COPY, st.booleans()), max_size=4))
def test_any_text_comes_back_as_it_went_out(
    path: pathlib.Path, texts: list[tuple[str, str, bool]]
) -> None:
    entries = tuple(
        Entry(context=f"lunch/o{at}/cta", ids=(source, ""), forms=(target,), obsolete=gone)
        for at, (source, target, gone) in enumerate(sorted(texts, key=lambda one: one[2]))
    )
    path.write_bytes(catalogue_bytes(BLANK, entries, {}, CREATED))
    read = read_catalogue(path, "pl")
    assert read.problems == ()
    assert [(e.context, e.ids, e.forms, e.obsolete) for e in read.entries] == [
        (e.context, e.ids, e.forms, e.obsolete) for e in entries
    ]


@QUIET
@given(content=st.binary(max_size=80))
def test_no_bytes_bring_the_reader_down(path: pathlib.Path, content: bytes) -> None:
    path.write_bytes(content)
    read = read_catalogue(path, "pl")
    assert read.problems == () or read.entries == ()


@QUIET
@given(at=st.integers(0, len(SOUND)), some=st.integers(0, 8), new=TEXT)
def test_no_slip_of_the_keyboard_brings_the_reader_down(
    path: pathlib.Path, at: int, some: int, new: str
) -> None:
    path.write_bytes(SOUND[:at] + new.encode() + SOUND[at + some :])
    read = read_catalogue(path, "pl")
    assert all(1 <= problem.line <= path.read_bytes().count(b"\n") + 1 for problem in read.problems)
    assert read.problems or all(entry.line for entry in read.entries)
