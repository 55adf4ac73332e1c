"""XLIFF 2.0: a catalogue as agencies take it, and what they send back.

XLIFF 2.0 knows no plural forms, so each form is a unit of its own, named after its category.
Translate Toolkit reads and writes the file; it is an extra (`proofpress[xliff]`), because its
licence, GPL 3 or later, is not that of this project.
"""

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree
from translate.storage.xliff2 import Xliff2File, Xliff2Unit

from pipeline.campaign.messages.catalogue import MACHINE, Catalogue, Entry, Notice
from pipeline.campaign.messages.plurals import CATEGORIES, category_places
from pipeline.errors import CampaignError, Problem

ENDING = ".xlf"
SUB_STATE = "proofpress:machine"
"""The state of a segment that a machine translated and nobody approved."""

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HAND_IN = "export the catalogue again with `messages extract --xliff`, and translate that"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One unit of a file that came back.

    Attributes:
        source: What was translated.
        target: The translation; empty if there is none.
        done: Whether the translator is done with it.
        machine: Whether a machine wrote it and nobody approved it.
        line: Line in the file.
    """

    source: str
    target: str
    done: bool
    machine: bool
    line: int


def xliff_bytes(
    catalogue: Catalogue, source: str, campaign: str, notices: Mapping[tuple[str, str], Notice]
) -> bytes:
    """Return a catalogue as XLIFF 2.0.

    Args:
        catalogue: The catalogue.
        source: Locale of its source texts.
        campaign: The campaign's name.
        notices: Context and msgid to what translators are told.

    Raises:
        PluralError: If the catalogue's plural forms cannot be told apart.
    """
    file = Xliff2File()
    file.setsourcelanguage(source.replace("_", "-"))
    file.settargetlanguage(catalogue.locale.replace("_", "-"))
    file.body.set("id", campaign)
    live = [entry for entry in catalogue.entries if not entry.obsolete]
    for number, entry in enumerate(live, start=1):
        notice = notices.get((entry.context, entry.ids[0]), Notice())
        for name, text, form in _parts(entry, catalogue):
            unit = Xliff2Unit(text)
            file.addunit(unit)
            element = unit.getunitelement()
            category = name.removeprefix(entry.context).strip("[]")
            element.set("id", f"m{number}{f'-{category}' if category else ''}")
            element.set("name", name)
            element.set(_SPACE, unit.xmlelement.attrib.pop(_SPACE, "preserve"))  # none in segments
            if form:
                unit.target = form
            _set_state(unit, entry, form)
            _annotate(element, (*notice.comments, *_said(entry)))
    return bytes(file)


def returned_units(content: bytes, name: str) -> tuple[str, dict[str, Returned]]:
    """Return the target language of an XLIFF 2 file, and its units by their names.

    Args:
        content: The file.
        name: Its name, for what is said about it.

    Raises:
        CampaignError: If it is no XLIFF 2, or a translation holds marks of its own.
    """
    try:
        file = Xliff2File.parsestring(content)  # type: ignore[no-untyped-call]
    except (AssertionError, ValueError, etree.XMLSyntaxError) as error:  # the kit asserts its root
        problem = _problem(name, 1, "", f"is no XLIFF 2 ({error or 'another root'})", _HAND_IN)
        raise CampaignError((problem,)) from error
    units: dict[str, Returned] = {}
    problems: list[Problem] = []
    for unit in file.units:
        called = str(unit.getunitelement().get("name") or unit.getid())
        place = next(unit.xmlelement.iterchildren("{*}source"), unit.xmlelement)
        line = int(place.sourceline or 1)
        if _marked(unit):
            what = "has marks in its translation, which would be lost"
            problems.append(_problem(name, line, called, what, "leave plain text only"))
        units[called] = Returned(
            source=str(unit.source or ""),
            target=str(unit.target or ""),
            done=bool(unit.istranslated()),
            machine=unit.xmlelement.get("subState") == SUB_STATE,
            line=line,
        )
    if problems:
        raise CampaignError(tuple(problems))
    return str(file.gettargetlanguage() or "").replace("-", "_"), units


def taken_back(catalogue: Catalogue, units: Mapping[str, Returned], name: str) -> tuple[Entry, ...]:
    """Return the entries of a catalogue with the translations that came back.

    Args:
        catalogue: The catalogue.
        units: What came back.
        name: The file's name, for what is said about it.

    Raises:
        CampaignError: If a unit is of no entry, or translates another text than the entry's.
        PluralError: If the catalogue's plural forms cannot be told apart.
    """
    unknown, problems = dict(units), list[Problem]()
    made: list[Entry] = []
    for entry in catalogue.entries:
        parts = [] if entry.obsolete else list(_parts(entry, catalogue))
        found = [(text, unknown.pop(called, None)) for called, text, _ in parts]
        for (called, text, _), (_, unit) in zip(parts, found, strict=True):
            if unit and unit.source != text:
                what = f"translates another text, {unit.source!r} and not {text!r}"
                problems.append(_problem(name, unit.line, called, what, _HAND_IN))
        back = [unit for _, unit in found if unit]
        made.append(_translated(entry, back) if back and len(back) == len(parts) else entry)
    problems += [
        _problem(name, unit.line, called, "is of no text of this campaign", _HAND_IN)
        for called, unit in unknown.items()
    ]
    if problems:
        raise CampaignError(tuple(problems))
    return tuple(made)


def _parts(entry: Entry, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """Yield name, source and translation of each form of an entry, in the catalogue's order."""
    if not entry.ids[1]:
        yield entry.context, entry.ids[0], entry.forms[0]
        return
    places = category_places(catalogue.plural_forms, catalogue.locale)
    names: dict[int, str] = {}
    for category in CATEGORIES:
        if category in places:
            names.setdefault(places[category], category)
    for place, form in enumerate(entry.forms):
        category = names.get(place, str(place))
        text = entry.ids[0] if category == "one" else entry.ids[1]
        yield f"{entry.context}[{category}]", text, form


def _translated(entry: Entry, back: Sequence[Returned]) -> Entry:
    forms = tuple(unit.target for unit in back)
    said = tuple(comment for comment in entry.comments if comment.strip() != MACHINE)
    machine = (MACHINE,) if any(unit.machine for unit in back) else ()
    fuzzy = any(unit.target and not unit.done for unit in back)
    previous = entry.previous if fuzzy else ""
    return dataclasses.replace(
        entry, forms=forms, comments=(*said, *machine), fuzzy=fuzzy, previous=previous
    )


def _set_state(unit: Xliff2Unit, entry: Entry, form: str) -> None:
    state = "initial" if entry.fuzzy or not form else "translated" if entry.machine else "final"
    unit.xmlelement.set("state", state)
    if entry.machine and form:
        unit.xmlelement.set("subState", SUB_STATE)


def _annotate(element: etree._Element, comments: Sequence[str]) -> None:
    """Put notes where XLIFF 2.0 has them: in the unit, before its segments."""
    if not comments:
        return
    tag = etree.QName(element).namespace
    notes = etree.Element(f"{{{tag}}}notes")
    for comment in comments:
        etree.SubElement(notes, f"{{{tag}}}note").text = comment
    element.insert(0, notes)


def _said(entry: Entry) -> Iterator[str]:
    yield from (comment for comment in entry.comments if comment.strip() != MACHINE)
    if entry.previous:
        yield f"Was translated from: {entry.previous}"


def _marked(unit: Xliff2Unit) -> bool:
    """Return whether a translation holds elements, of which only the text would be read."""
    targets = unit.xmlelement.findall("{*}target")
    return any(len(target) for target in targets)


def _problem(name: str, line: int, path: str, what: str, remedy: str) -> Problem:
    return Problem(file=str(pathlib.Path(name)), line=line, path=path, what=what, remedy=remedy)
