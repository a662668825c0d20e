"""A text as words that can be compared: look-alikes folded, hidden characters gone, nothing lost.

Each character is folded by itself, so that a place in the folded text is found again in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјкорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρυχıɡ",
    "ABESIJKMHOPCTYXaesijkopcyxhdqwABEZHIKMNOPTYXaovpuxig",
)
"""Cyrillic and Greek letters that are drawn as Latin ones."""
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201b\u02bc\u02b9\u2032\u0060\u00b4\uff07"
_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f\uff02"


class _Folding(dict[int, str]):
    """One character's folded form, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _folded(chr(code))
        return made


_TABLE = _Folding()
_TOKEN = re.compile(
    r"""(?x)
    (?P<figure>\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s|x|k|K|m|M|bn|mn|b|B)?(?![^\W_]))
  | (?P<word>[^\W_]+(?:['.&][^\W_]+)*(?:\+\+|\+|\#)?)
  | (?P<sign>[$€£¥%‰])"""
)


class Token(NamedTuple):
    """A word, a figure or a sign, and where it stands. A tuple: there are many of them."""

    text: str
    """As folded, its case kept."""
    key: str
    """In lower case, without a possessive ending, dots and apostrophes."""
    start: int
    """In the text that was read."""
    end: int
    gap: str
    """What stands before it, from the token before, folded."""
    is_figure: bool
    is_possessive: bool

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital, or holds one, or mixes letters and digits."""
        text = self.text
        if text.isalpha():
            return not text.islower() and text.lower() != text
        return text.lower() != text or self.is_mixed

    @property
    def is_mixed(self) -> bool:
        """Whether its very spelling marks a name: `iPhone`, `GPT4`, `NASA`."""
        text = self.text
        if self.is_figure or len(self.key) < 2:
            return False
        if text[1:].lower() != text[1:]:
            return True
        return not text.isalpha() and text[0].isalpha() and any(c.isdigit() for c in text)


def fold(text: str) -> str:
    """The text in the plainest characters: no accents, no look-alikes, nothing that is not seen."""
    return text if text.isascii() else text.translate(_TABLE)


def fold_with_places(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters (and its end) the place in `text`."""
    if text.isascii():
        return text, range(len(text) + 1)
    parts: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        made = _TABLE[ord(character)]
        parts.append(made)
        places.extend([place] * len(made))
    places.append(len(text))
    return "".join(parts), places


def read_tokens(text: str) -> list[Token]:
    """The tokens of a text, in order."""
    folded, places = fold_with_places(text)
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        word = match.group()
        key = word.lower()
        is_possessive = False
        is_figure = match.lastgroup == "figure"
        if not is_figure and not word.isalpha():
            is_possessive = key.endswith("'s") and len(key) > 3
            key = (key[:-2] if is_possessive else key).replace(".", "").replace("'", "")
        if folded.startswith("'", end):
            is_possessive = True
        gap = folded[last:start]
        found.append(Token(word, key, places[start], places[end], gap, is_figure, is_possessive))
        last = end
    return found


def letter_for_letter(text: str) -> str:
    """The text as quotations are compared: one case, one kind of dash, no marks of quotation."""
    folded = re.sub(r"(?<!\w)'|'(?!\w)|\"", " ", fold(text).casefold())
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(folded.split()))


def _folded(character: str) -> str:
    if character in _DASHES:
        return "-"
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    if character.isspace():
        return "\n" if character in "\n\x0b\x0c\r\u0085\u2028\u2029" else " "
    kind = unicodedata.category(character)
    if kind in {"Cf", "Cc", "Cs", "Mn", "Me"}:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKD", character).translate(_LOOK_ALIKES)
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("⁄", "/") or character
