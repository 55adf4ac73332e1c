"""Messages: copy with typed placeholders, `{price}`, `{day:long}`, and ICU plurals.

A placeholder names a value that is formatted for the locale before it is put in; plural and
selectordinal follow ICU MessageFormat, so that a translator can use all forms of the language.
"""

import dataclasses
import re

from icu4py.messageformat import MessageFormat

from pipeline.campaign.numerals import icu_tag

DAY_STYLES = ("", "long", "short", "weekday")
BUILT_IN: dict[str, tuple[str, ...]] = {
    "price": ("", "number", "unit"),
    "was": ("", "number", "unit"),
    "saving": ("", "number"),
    "discount": ("",),
    "day": DAY_STYLES,
    "until": DAY_STYLES,
}
"""Placeholders that every offer has, with their styles; the empty style is the usual one."""

AUTOMATIC = {"badge": "{discount}", "price": "{price}", "was_price": "{was}"}
"""Roles that an offer with prices has of itself, with their usual copy."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SELECTOR = re.compile(r"\s*(=[0-9]{1,9}|zero|one|two|few|many|other)\s*\{")
_STYLED = re.compile(r":([a-z]+)\}")
_COMPLEX = re.compile(r"\s*,\s*(plural|selectordinal)\s*,")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """One value that a message needs.

    Attributes:
        name: The value's name.
        style: How it is written; empty for the usual way.
        chooses: Whether it chooses a plural form, and so must be a whole number.
    """

    name: str
    style: str
    chooses: bool

    @property
    def argument(self) -> str:
        """Return the name under which ICU gets the finished value.

        A value that chooses a form is a bare number, and may stand beside its written form.
        """
        style = "count" if self.chooses else self.style
        return f"{self.name}__{style}" if style else self.name


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A parsed message.

    Attributes:
        pattern: The ICU pattern, apostrophes doubled.
        placeholders: What it needs, in order of appearance.
    """

    pattern: str
    placeholders: tuple[Placeholder, ...]


class MessageSyntaxError(ValueError):
    """A message's braces or plural forms are wrong."""


def parse_message(text: str) -> Message:
    """Return the message of a copy string.

    Raises:
        MessageSyntaxError: If a brace is not closed, or a plural has no `other` form.
    """
    parser = _Parser(text)
    pattern = parser.message(top=True)
    return Message(pattern=pattern, placeholders=tuple(parser.placeholders))


def format_message(message: Message, locale: str, values: dict[str, str | int]) -> str:
    """Return the finished string.

    Args:
        message: The message.
        locale: CLDR locale identifier, or one from `numerals.with_latin_digits`.
        values: `Placeholder.argument` to the formatted value; whole numbers choose plurals.

    Raises:
        KeyError: If a value is missing, which ICU would print as `{name}`.
    """
    if missing := {place.argument for place in message.placeholders} - values.keys():
        raise KeyError(*sorted(missing))
    return MessageFormat(message.pattern, icu_tag(locale)).format(dict(values))


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.placeholders: list[Placeholder] = []

    def message(self, *, top: bool = False) -> str:
        """Return the pattern up to the closing brace, or to the end of the text."""
        out: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "}":
                if top:
                    raise MessageSyntaxError("has a } without its {")
                return "".join(out)
            out.append(self._argument() if character == "{" else self._plain(character))
        if not top:
            raise MessageSyntaxError("has a { that is not closed")
        return "".join(out)

    def _plain(self, character: str) -> str:
        self._at += 1
        return "''" if character == "'" else character

    def _argument(self) -> str:
        name = _NAME.match(self._text, self._at + 1)
        if not name:
            raise MessageSyntaxError("has a { that no placeholder follows, such as {price}")
        self._at = name.end()
        if self._text.startswith("}", self._at):
            self._at += 1
            return self._note(name[0], "", chooses=False)
        if styled := _STYLED.match(self._text, self._at):
            self._at = styled.end()
            return self._note(name[0], styled[1], chooses=False)
        if complex_ := _COMPLEX.match(self._text, self._at):
            self._at = complex_.end()
            return self._forms(name[0], complex_[1])
        if self._text[self._at :].lstrip().startswith(","):
            msg = f"has a placeholder of an unknown kind: {{{name[0]}, …; ICU's plural is known"
            raise MessageSyntaxError(msg)
        raise MessageSyntaxError(f"has a placeholder that is not closed: {{{name[0]}")

    def _note(self, name: str, style: str, *, chooses: bool) -> str:
        placeholder = Placeholder(name=name, style=style, chooses=chooses)
        self.placeholders.append(placeholder)
        return f"{{{placeholder.argument}}}"

    def _forms(self, name: str, kind: str) -> str:
        argument = self._note(name, "", chooses=True)[1:-1]
        forms: dict[str, str] = {}
        while selector := _SELECTOR.match(self._text, self._at):
            self._at = selector.end()
            if selector[1] in forms:
                raise MessageSyntaxError(f"has the form {selector[1]} of {name} twice")
            forms[selector[1]] = self.message()
            self._at += 1
        closing = re.compile(r"\s*\}").match(self._text, self._at)
        if not closing or "other" not in forms:
            msg = f"has a {kind} for {name} that is not closed, or lacks the form other {{…}}"
            raise MessageSyntaxError(msg)
        self._at = closing.end()
        inner = " ".join(f"{key} {{{form}}}" for key, form in forms.items())
        return f"{{{argument}, {kind}, {inner}}}"
