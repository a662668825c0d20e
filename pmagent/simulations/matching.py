"""Whether a value is as a scenario wants it. Pure.

A wanted value stands for itself. An object of nothing but these words is a demand on the value:
`count`, `min`, `max` (length of text, size of a list, or the number), `has`, `hasnt`, `matches`,
`each`, `any`, `is`, `there`. Any other object names fields; those it does not name are free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from pmagent.errors import UsageError
from pmagent.types.actions import Json

_SHOWN = 80


def mismatches(found: Json, wanted: Json, place: str) -> Iterator[str]:
    """Why `found` is not as wanted, one sentence each; none where it is.

    Raises:
        UsageError: a pattern or a demand has no meaning.
    """
    if isinstance(wanted, Mapping):
        if wanted and all(word in _DEMANDS for word in wanted):
            for word, demand in wanted.items():
                yield from _DEMANDS[word](found, demand, place)
        else:
            yield from _fields(found, wanted, place)
    elif _plain(found) != _plain(wanted):
        yield f"{place} is {shown(found)}, not {shown(wanted)}"


def shown(value: Json) -> str:
    """A value in a sentence, cut where it is long."""
    text = f'"{value}"' if isinstance(value, str) else str(_plain(value))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def text_of(value: Json) -> str:
    """All the words in a value, a line each."""
    match value:
        case str():
            return value
        case Mapping():
            return "\n".join(text_of(one) for one in value.values())
        case Sequence():
            return "\n".join(text_of(one) for one in value)
        case _:
            return "" if value is None else str(value)


def _fields(found: Json, wanted: Mapping[str, Json], place: str) -> Iterator[str]:
    if not isinstance(found, Mapping):
        yield f"{place} is {shown(found)}, no object"
        return
    for name, value in wanted.items():
        absent = isinstance(value, Mapping) and value.get("there") is False
        if name in found:
            yield from mismatches(found[name], value, f"{place}.{name}")
        elif not absent:
            yield f"{place} has no {name}"


def _size(found: Json) -> float | None:
    match found:
        case bool() | None:
            return None
        case int() | float():
            return found
        case _:
            return len(found)


def _count(found: Json, demand: Json, place: str) -> Iterator[str]:
    size = len(found) if isinstance(found, Sequence | Mapping) else None
    if size != demand:
        yield f"{place} counts {size}, not {shown(demand)}"


def _max(found: Json, demand: Json, place: str) -> Iterator[str]:
    size = _size(found)
    if size is None or size > _number(demand, "max"):
        yield f"{place} is {_sized(found, size)}, at most {shown(demand)}"


def _min(found: Json, demand: Json, place: str) -> Iterator[str]:
    size = _size(found)
    if size is None or size < _number(demand, "min"):
        yield f"{place} is {_sized(found, size)}, at least {shown(demand)}"


def _has(found: Json, demand: Json, place: str) -> Iterator[str]:
    text = text_of(found)
    for word in _words(demand):
        if word not in text:
            yield f'{place} has no "{word}": {shown(found)}'


def _hasnt(found: Json, demand: Json, place: str) -> Iterator[str]:
    text = text_of(found)
    for word in _words(demand):
        if word in text:
            yield f'{place} has "{word}"'


def _matches(found: Json, demand: Json, place: str) -> Iterator[str]:
    try:
        is_found = re.search(str(demand), text_of(found)) is not None
    except re.error as exc:
        raise UsageError(f'"{demand}" is no pattern: {exc}') from exc
    if not is_found:
        yield f"{place} does not match {shown(demand)}: {shown(found)}"


def _items(found: Json) -> Sequence[Json]:
    match found:
        case str():
            return ()
        case Mapping():
            return tuple(found.values())
        case Sequence():
            return found
        case _:
            return ()


def _each(found: Json, demand: Json, place: str) -> Iterator[str]:
    for number, one in enumerate(_items(found)):
        yield from mismatches(one, demand, f"{place}[{number}]")


def _any(found: Json, demand: Json, place: str) -> Iterator[str]:
    if all(any(mismatches(one, demand, place)) for one in _items(found)):
        yield f"nothing in {place} is as {shown(demand)} says"


def _is(found: Json, demand: Json, place: str) -> Iterator[str]:
    if _plain(found) != _plain(demand):
        yield f"{place} is {shown(found)}, not {shown(demand)}"


def _there(found: Json, demand: Json, place: str) -> Iterator[str]:
    if (found is not None) is not demand:
        yield f"{place} is {shown(found)}"


_DEMANDS: Mapping[str, Callable[[Json, Json, str], Iterator[str]]] = {
    "count": _count,
    "max": _max,
    "min": _min,
    "has": _has,
    "hasnt": _hasnt,
    "matches": _matches,
    "each": _each,
    "any": _any,
    "is": _is,
    "there": _there,
}


def _number(demand: Json, word: str) -> float:
    if isinstance(demand, bool) or not isinstance(demand, int | float):
        raise UsageError(f'"{word}" wants a number, not {shown(demand)}')
    return demand


def _words(demand: Json) -> Sequence[str]:
    many = demand if isinstance(demand, Sequence) and not isinstance(demand, str) else (demand,)
    return tuple(str(one) for one in many)


def _sized(found: Json, size: float | None) -> str:
    if size is None:
        return shown(found)
    return f"{size:g}" + (" long" if isinstance(found, Sequence | Mapping) else "")


def _plain(value: Json) -> Json:
    """Lists and objects in one form, so that equal ones are equal."""
    match value:
        case str():
            return value
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case Sequence():
            return cast("Json", [_plain(one) for one in value])
        case _:
            return value
