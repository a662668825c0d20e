"""Short types, such as `[str 10..70] 5`: read, written, checked, and as JSON Schema.

any str int float bool date time url cited cited_text    one value
str 80..400   int 1..5   str 3..   str 20                characters of a text, size of a number
[T]   [T] 5   [T] 3..7                                   a list, of so many
{name: T, other?: T}                                     a record, and no other fields
small|medium|large                                       one of these words
T?                                                       or none
"""

from __future__ import annotations

import difflib
import re
from typing import NoReturn, get_args

from pmagent.errors import UsageError
from pmagent.procedures.language.shape_checks import check_value, example_of
from pmagent.procedures.language.shape_schema import schema_of, shape_of_schema
from pmagent.types.procedures import ListOf, Maybe, Member, OneOf, Record, Scalar, ScalarKind, Shape

__all__ = ["check_value", "example_of", "parse_shape", "schema_of", "shape_of_schema", "shape_text"]

KINDS: tuple[ScalarKind, ...] = get_args(ScalarKind)
BOUNDED = frozenset({"str", "int", "float", "cited", "cited_text"})
"""Kinds that may have bounds."""
MOST_CHARACTERS = 4_000
DEEPEST = 20
_EXAMPLE = 'write it like "[str 10..70] 5" or "{name: str, size?: small|medium|large}"'
_TOKEN = re.compile(r"\s*(?:(?P<word>[^\W\d][\w-]*)|(?P<number>\d+)|(?P<mark>\.\.|[\[\]{}:,|?]))")


def parse_shape(text: str) -> Shape:
    """The shape that a short type names.

    Raises:
        UsageError: it is none; the message has the column, from 1.
    """
    return _Reader(text).whole()


def shape_text(shape: Shape) -> str:
    """The short type of a shape; `parse_shape` gives the same shape back."""
    match shape:
        case Scalar():
            return shape.kind + _bounds_text(shape.least, shape.most)
        case ListOf():
            return f"[{shape_text(shape.item)}]" + _bounds_text(shape.least, shape.most)
        case Record():
            inner = ", ".join(
                f"{member.name}{'?' if member.is_optional else ''}: {shape_text(member.shape)}"
                for member in shape.members
            )
            return f"{{{inner}}}"
        case OneOf():
            return "|".join(shape.values)
        case Maybe():
            return f"{shape_text(shape.shape)}?"


def _bounds_text(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return ""
    if least == most:
        return f" {least}"
    return f" {'' if least is None else least}..{'' if most is None else most}"


class _Reader:
    """Reads one short type from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Shape:
        if len(self._text) > MOST_CHARACTERS:
            self._refuse(f"has over {MOST_CHARACTERS:,} characters")
        shape = self._shape()
        if self._text[self._at :].strip():
            self._refuse("goes on after its end")
        return shape

    def _shape(self) -> Shape:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(f"is nested more than {DEEPEST} deep")
        shape = self._bare()
        while self._take("?"):
            if isinstance(shape, Maybe):
                self._refuse("has a second question mark")
            shape = Maybe(shape=shape)
        self._depth -= 1
        return shape

    def _bare(self) -> Shape:
        if self._take("["):
            item = self._shape()
            self._need("]")
            least, most = self._bounds()
            return ListOf(item=item, least=least, most=most)
        if self._take("{"):
            return Record(members=self._members())
        start = self._skip()
        word = self._word()
        if self._peek() == "|":
            return self._one_of(word)
        if word not in KINDS:
            self._at = start
            near = difflib.get_close_matches(word, KINDS, 1)
            self._refuse(
                f'has the unknown word "{word}"', f'did you mean "{near[0]}"' if near else ""
            )
        kind = word
        least, most = self._bounds()
        if (least is not None or most is not None) and kind not in BOUNDED:
            self._refuse(f'gives bounds to "{kind}", which can have none')
        return Scalar(kind=kind, least=least, most=most)

    def _one_of(self, first: str) -> OneOf:
        values = [first]
        while self._take("|"):
            values.append(self._word())
        if len(set(values)) < len(values):
            self._refuse("names a word twice")
        return OneOf(values=tuple(values))

    def _members(self) -> tuple[Member, ...]:
        members: list[Member] = []
        while not self._take("}"):
            if members:
                self._need(",")
                if self._take("}"):
                    break
            start = self._skip()
            name = self._word()
            if "-" in name or any(member.name == name for member in members):
                self._at = start
                self._refuse(
                    f'has the field "{name}" twice'
                    if "-" not in name
                    else f'has the field "{name}": use "_" in names'
                )
            is_optional = self._take("?")
            self._need(":")
            members.append(Member(name=name, shape=self._shape(), is_optional=is_optional))
        return tuple(members)

    def _bounds(self) -> tuple[int | None, int | None]:
        least = self._number()
        if not self._take(".."):
            return least, least
        most = self._number()
        if least is None and most is None:
            self._refuse('has ".." without a number')
        if least is not None and most is not None and least > most:
            self._refuse(f"has bounds the wrong way round: {least}..{most}")
        return least, most

    def _skip(self) -> int:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._at

    def _next(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._at)

    def _peek(self) -> str:
        found = self._next()
        return found["mark"] or "" if found else ""

    def _take(self, mark: str) -> bool:
        found = self._next()
        if found is None or found["mark"] != mark:
            return False
        self._at = found.end()
        return True

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            self._refuse(f'needs "{mark}" here')

    def _word(self) -> str:
        found = self._next()
        if found is None or found["word"] is None:
            self._refuse("needs a word here")
        self._at = found.end()
        return found["word"]

    def _number(self) -> int | None:
        found = self._next()
        if found is None or found["number"] is None:
            return None
        if len(found["number"]) > len("1000000000"):
            self._refuse("has a number that is too large")
        self._at = found.end()
        return int(found["number"])

    def _refuse(self, why: str, hint: str = "") -> NoReturn:
        column = self._skip() + 1
        raise UsageError(f'the type "{self._text[:200]}" {why} (column {column})', hint or _EXAMPLE)
