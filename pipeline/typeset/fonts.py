"""Fonts: which pinned font sets which script in which character, and what it can draw.

Every font file comes from a pinned package, so a picture set today is set alike tomorrow.
"""

import dataclasses
import functools
import hashlib
import importlib.util
import pathlib
import unicodedata

import babel
import uharfbuzz as hb
from babel.core import get_global, parse_locale

from pipeline.errors import ToolMissingError

CHARACTERS = ("friendly", "modern", "elegant", "condensed")

_KANIT_WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold", "ExtraBold", "Black")
_CJK = "justmytype_intl_cjk/fonts/ofl"

FILES: dict[str, tuple[str, ...]] = {
    "Amiri": ("fontpkg_amiri/files/Amiri-Regular.ttf", "fontpkg_amiri/files/Amiri-Bold.ttf"),
    "Archivo": ("fontpkg_archivo/files/Archivo[wdth,wght].ttf",),
    "Baloo 2": ("fontpkg_baloo_2/files/Baloo2[wght].ttf",),
    "Cairo": ("fontpkg_cairo/files/Cairo[slnt,wght].ttf",),
    "Frank Ruhl Libre": ("fontpkg_frank_ruhl_libre/files/FrankRuhlLibre[wght].ttf",),
    "Geologica": ("fontpkg_geologica/files/Geologica[CRSV,SHRP,slnt,wght].ttf",),
    "Kanit": tuple(f"fontpkg_kanit/files/Kanit-{weight}.ttf" for weight in _KANIT_WEIGHTS),
    "Noto Sans": ("fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf",),
    "Noto Sans JP": (f"{_CJK}/notosansjp/NotoSansJP[wght].ttf",),
    "Noto Sans KR": (f"{_CJK}/notosanskr/NotoSansKR[wght].ttf",),
    "Noto Sans SC": (f"{_CJK}/notosanssc/NotoSansSC[wght].ttf",),
    "Noto Sans TC": (f"{_CJK}/notosanstc/NotoSansTC[wght].ttf",),
    "Noto Sans Thai": ("fontpkg_noto_sans_thai/files/NotoSansThai[wdth,wght].ttf",),
    "Noto Serif": ("fontpkg_noto_serif/files/NotoSerif[wdth,wght].ttf",),
    "Oswald": ("fontpkg_oswald/files/Oswald[wght].ttf",),
    "Playfair Display": ("fontpkg_playfair_display/files/PlayfairDisplay[wght].ttf",),
    "Roboto Condensed": ("fontpkg_roboto_condensed/files/RobotoCondensed[wght].ttf",),
    "Rubik": ("fontpkg_rubik/files/Rubik[wght].ttf",),
}
"""Family name to its files, relative to the folder the packages are installed in."""

_SCRIPTS: dict[str, dict[str, str]] = {
    "Latn": {
        "friendly": "Baloo 2",
        "modern": "Archivo",
        "elegant": "Playfair Display",
        "condensed": "Oswald",
    },
    "Cyrl": {
        "friendly": "Rubik",
        "modern": "Geologica",
        "elegant": "Playfair Display",
        "condensed": "Oswald",
    },
    "Grek": {
        "friendly": "Geologica",
        "modern": "Geologica",
        "elegant": "Noto Serif",
        "condensed": "Roboto Condensed",
    },
    "Arab": {"elegant": "Amiri", "": "Cairo"},
    "Hebr": {"elegant": "Frank Ruhl Libre", "": "Rubik"},
    "Deva": {"": "Baloo 2"},
    "Thai": {"": "Kanit"},
    "Jpan": {"": "Noto Sans JP"},
    "Kore": {"": "Noto Sans KR"},
    "Hans": {"": "Noto Sans SC"},
    "Hant": {"": "Noto Sans TC"},
}
"""Script to font character to family; the empty character serves all others."""

_SERIF = {"elegant": "Noto Serif"}


@functools.lru_cache(maxsize=1024)
def script_of(locale: str) -> str:
    """Return the ISO 15924 script of a locale such as `zh_Hans_CN` or `ar_AE`.

    Raises:
        babel.UnknownLocaleError: If CLDR does not know the locale.
    """
    parsed = babel.Locale.parse(locale)
    if parsed.script:
        return parsed.script
    likely = get_global("likely_subtags")
    for key in (f"{parsed.language}_{parsed.territory}", parsed.language):
        if key in likely:
            return parse_locale(likely[key])[2] or "Latn"
    return "Latn"


def families(character: str, locale: str) -> tuple[str, ...]:
    """Return the font families for a locale, best first.

    Args:
        character: One of `CHARACTERS`.
        locale: A CLDR locale identifier.

    The script's own family comes first; the Latin family of the same character serves brand
    names and digits it lacks; Noto closes the list because it has every currency sign.
    """
    table = _SCRIPTS.get(script_of(locale), _SCRIPTS["Latn"])
    own = table.get(character) or table.get("") or _SCRIPTS["Latn"][character]
    stack = (own, _SCRIPTS["Latn"][character], _SERIF.get(character, "Noto Sans"), "Noto Sans")
    return tuple(dict.fromkeys(stack))


def latin_family(character: str) -> str:
    """Return the family that sets the brand's name and figures in one of `CHARACTERS`."""
    return _SCRIPTS["Latn"][character]


def script_within(text: str, character: str, locale: str) -> str:
    """Return the script that a line needs: Latin for a brand's name, a price or a code.

    Args:
        text: The line.
        character: One of `CHARACTERS`.
        locale: Its CLDR locale identifier, whose script it is in otherwise.
    """
    latin = _coverage(latin_family(character))
    plain = all(_latin(one) and _drawable(one, latin) for one in text)
    return "Latn" if plain else script_of(locale)


def families_within(text: str, character: str, locale: str) -> tuple[str, ...]:
    """Return the font families for a line, best first: those of the script that it needs."""
    stack = families(character, locale)
    if script_within(text, character, locale) != "Latn":
        return stack
    return tuple(dict.fromkeys((latin_family(character), *stack)))


def _latin(character: str) -> bool:
    """Return whether a character is a Latin letter, a European figure, or none of either."""
    category = unicodedata.category(character)
    if category.startswith("L"):
        return unicodedata.name(character, "").startswith("LATIN")
    return category not in {"Nd", "Mn", "Mc"} or character.isascii()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """One font file on disk.

    Attributes:
        family: The family it belongs to.
        path: Where it is.
    """

    family: str
    path: pathlib.Path

    @property
    def sha256(self) -> str:
        """Return the hash of the file's bytes."""
        return _sha256(self.path)


@functools.cache
def files_of(family: str) -> tuple[FontFile, ...]:
    """Return the files of a family.

    Raises:
        ToolMissingError: If the font package is not installed.
    """
    return tuple(FontFile(family=family, path=_locate(name)) for name in FILES[family])


def hashes(stack: tuple[str, ...]) -> dict[str, str]:
    """Return file name to SHA-256 for every file of the given families."""
    return {file.path.name: file.sha256 for family in stack for file in files_of(family)}


def missing_glyphs(text: str, stack: tuple[str, ...]) -> str:
    """Return the characters of a text that no family of the stack can draw, each once.

    Joiners, directional marks and line separators need no glyph. A thin or narrow no-break
    space is made by the shaper from the ordinary space, and a composed letter from its parts.
    """
    coverage = frozenset[int]().union(*(_coverage(family) for family in stack))
    return "".join(dict.fromkeys(c for c in text if not _drawable(c, coverage)))


def _drawable(character: str, coverage: frozenset[int]) -> bool:
    if ord(character) in coverage or unicodedata.category(character) in {"Cf", "Zs", "Mn"}:
        return unicodedata.category(character) != "Mn" or ord(character) in coverage
    parts = unicodedata.normalize("NFD", character)
    return len(parts) > 1 and all(ord(part) in coverage for part in parts)


@functools.cache
def _coverage(family: str) -> frozenset[int]:
    faces = (hb.Face(hb.Blob.from_file_path(str(file.path))) for file in files_of(family))
    return frozenset[int]().union(*(face.unicodes for face in faces))


def _locate(name: str) -> pathlib.Path:
    package, _, inside = name.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        msg = f"the font package {package} is not installed; run `make run` or `make test` once"
        raise ToolMissingError(msg)
    return pathlib.Path(found.submodule_search_locations[0]) / inside


@functools.cache
def _sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
