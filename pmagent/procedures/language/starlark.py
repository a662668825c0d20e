"""The one adapter of Starlark: evaluates a source over values, within bounds, and nothing else.

No files, no network, no import, no `while`. A loop that runs away is cut after a number of
instructions, not of seconds, so the same source ends the same way on a busy machine. Memory is not
bounded here: what nobody trusts is evaluated in a process of its own (`outside`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

import starlark

from pmagent.errors import PmagentError, UsageError
from pmagent.procedures.language.helpers import Helper
from pmagent.procedures.language.source import Form, Source, fault, read_source
from pmagent.types.actions import Json

MOST_CHECKS = 40_000
"""Starlark asks whether to go on about every thousand instructions: one second of work here."""
MOST_DEPTH = 120
"""Calls within calls, and lists within lists."""
MOST_SIZE = 10_000_000
"""Characters and parts of a value that comes out."""
_ROOM = "pmagent"
_PRELUDE = """
def records(x):
    t = type(x)
    if t == "dict":
        return struct(**{str(k): records(v) for k, v in x.items()})
    if t == "list" or t == "tuple":
        return [records(v) for v in x]
    return x

def at(x, k):
    if type(x) != "struct":
        return x[k]
    if not hasattr(x, k):
        fail("the record has no field `%s`" % k)
    return getattr(x, k)

def keys(x):
    return dir(x) if type(x) == "struct" else x

def size(x):
    return len(dir(x)) if type(x) == "struct" else len(x)

def collect(*values, **named):
    return [list(values), named]

def rooms():
    return struct(encode = json.encode, decode = lambda text: records(json.decode(text)))
"""
_LOADS = (
    f'load("{_ROOM}", _at="at", _keys="keys", len="size", _records="records", _rooms="rooms", '
    '_="collect"); json = _rooms()'
)
_MEANINGS = (
    (r"Variable `(\w+)` not found.*", r'nothing is called "\1" here'),
    (r"Object of type `struct` has no attribute `(\w+)`", r'the record has no field "\1"'),
    (r"Object of type `(\w+)` has no attribute `(\w+)`", r'\1 has no field "\2"'),
    (r"Evaluation cancelled", "it works too long, and was cut"),
    (r"Starlark call stack overflow", "it is nested too deeply"),
    (r"Parse error: cannot use reserved keyword `(\w+)`", r'"\1" may not be used'),
    (r"Parse error: (.*?), expected one of .*", r"it is not written right (\1)"),
    (r"Parse error: (.*)", r"it is not written right (\1)"),
    (r"Operation `serde::serialize` not supported on type `(\w+)`", r"its value is a \1"),
    (r"Operation `(.*?)` not supported for types `(\w+)` and `(\w+)`", r"\1 of \2 and \3"),
    (r"Operation `(.*?)` not supported on type `(\w+)`", r"\1 of \2"),
    (r"Index `(-?\d+)` is out of bounds?", r"there is no item \1"),
    (r'Key `"?(.*?)"?` was not found', r'there is no "\1"'),
    (r"fail: (.*)", r"\1"),
)
"""What Starlark says, and what is said instead."""
_TYPES = {
    "`NoneType`": "`none`", "`string`": "`text`", "`struct`": "`record`", "`dict`": "`record`",
}  # fmt: skip


class Evaluator:
    """Evaluates sources. Holds nothing between two of them; may be used from any thread."""

    def __init__(self, helpers: Mapping[str, Helper], constants: Mapping[str, Json]) -> None:
        """`helpers` are called by name; `constants` have a value unless a name given has one."""
        self._helpers = helpers
        self._constants = constants

    def evaluate(self, text: str, form: Form, names: Mapping[str, Json]) -> Json:
        """The value of a source; of `arguments` a list: the positional ones, the named ones.

        Raises:
            UsageError: it cannot be worked out, or its value is too large.
            PmagentError: a helper raised it.
        """
        source = read_source(text, form)
        values = {
            name: names[name] if name in names else self._constants[name]
            for name in source.names | source.called
            if name in names or name in self._constants
        }
        calls = {
            name: self._helpers[name]
            for name in sorted(source.called | source.names)
            if name in self._helpers and name not in values
        }
        return _run(source, form, values, calls)


class _Calls:
    """Helpers as Starlark may call them, remembering what one of them raised."""

    def __init__(self) -> None:
        self.error: PmagentError | None = None

    def guarded(self, helper: Helper) -> Helper:
        def call(*values: Json, **named: Json) -> Json:
            try:
                return helper(*values, **named)
            except PmagentError as exc:
                self.error = exc
                raise

        return call


def _run(
    source: Source, form: Form, values: Mapping[str, Json], helpers: Mapping[str, Helper]
) -> Json:
    what = "snippet" if form == "code" else "expression"
    module, calls = starlark.Module(), _Calls()
    try:
        module["_given"] = dict(values)
    except (starlark.StarlarkError, ValueError, TypeError) as exc:
        raise fault(source.text, "it is given a value that is no JSON", what=what) from exc
    try:
        for name, helper in helpers.items():
            module.add_callable(f"_{name}", calls.guarded(helper))
        tree = _parsed(source.runs, tuple(sorted(values)), tuple(helpers))
        value = starlark.eval_with(_bounds(), module, tree, _globals(), _loader()).value
    except (starlark.StarlarkError, ValueError, TypeError, OverflowError) as exc:
        if isinstance(calls.error, UsageError):
            raise fault(source.text, calls.error.message, what=what) from exc
        if calls.error is not None:
            raise calls.error from exc
        shift = 1 if form == "code" else 2
        why, line = _meaning(str(exc), shift)
        raise fault(source.text, why, what=what, line=line) from exc
    plain = cast("Json", value)
    if why := _refused(plain):
        raise fault(source.text, why, what=what)
    return plain


def _refused(value: Json) -> str:
    """Why a value may not come out; empty where it may."""
    size = 0
    waiting: list[Json] = [value]
    while waiting and size <= MOST_SIZE:
        one = waiting.pop()
        if isinstance(one, str):
            size += len(one)
        elif isinstance(one, Mapping):
            names: list[object] = list(one)
            if not all(isinstance(name, str) for name in names):
                return "a field's name is a text"
            size += sum(len(name) for name in one)
            waiting += one.values()
        elif isinstance(one, Sequence):
            waiting += one
        size += 1
    return f"its value has over {MOST_SIZE:,} characters" if size > MOST_SIZE else ""


def _bounds() -> starlark.EvalOptions:
    asked = 0

    def is_too_long() -> bool:
        nonlocal asked
        asked += 1
        return asked > MOST_CHECKS

    return starlark.EvalOptions(check_cancelled=is_too_long, max_callstack_size=MOST_DEPTH)


@lru_cache(maxsize=512)
def _parsed(runs: str, names: tuple[str, ...], helpers: tuple[str, ...]) -> starlark.AstModule:
    given = "; ".join(f'{name} = _records(_given["{name}"])' for name in names)
    # A helper's record is read by dot as any other.
    called = "; ".join(f"{name} = lambda *v, **n: _records(_{name}(*v, **n))" for name in helpers)
    head = "; ".join(part for part in (_LOADS, given, called) if part)
    return starlark.parse("procedure", f"{head}\n{runs}", _dialect())


@lru_cache(maxsize=1)
def _globals() -> starlark.Globals:
    kinds = starlark.LibraryExtension
    return starlark.Globals.extended_by([kinds.StructType, kinds.Json, kinds.Map, kinds.Filter])


def _dialect() -> starlark.Dialect:
    dialect = starlark.Dialect.standard()
    dialect.enable_def = True
    dialect.enable_lambda = True
    dialect.enable_load = True
    dialect.enable_top_level_stmt = True
    dialect.enable_f_strings = True
    return dialect


@lru_cache(maxsize=1)
def _loader() -> starlark.FileLoader:
    room = starlark.Module()
    starlark.eval(room, starlark.parse(_ROOM, _PRELUDE, _dialect()), _globals())
    frozen = room.freeze()

    def find(name: str) -> starlark.FrozenModule:
        if name != _ROOM:
            raise UsageError(f'there is no module "{name}" to load')
        return frozen

    return starlark.FileLoader(find)


def _meaning(said: str, shift: int) -> tuple[str, int]:
    """Why, in plain words, and the line of the source it is about."""
    place = re.search(r"--> procedure:(\d+):", said)
    line = max(1, int(place[1]) - shift) if place else 0
    found = re.search(r"^error: (.*?)(?=\n +--> |\Z)", said, re.MULTILINE | re.DOTALL)
    why = " ".join((found[1] if found else said).split())
    why = re.sub(r"^\w+Error: ", "", why)
    for word, plain in _TYPES.items():
        why = why.replace(word, plain)
    for pattern, words in _MEANINGS:
        pattern = pattern.replace("`struct`", "`record`")
        if re.match(pattern, why, re.DOTALL):
            why = re.sub(pattern, words, why, count=1, flags=re.DOTALL)
            break
    return why.replace(", did you mean `", "; did you mean `").replace("`", '"'), line


def shown(value: Json) -> str:
    """A value as it stands in a message: texts as they are, lists with commas."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and math.fabs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(shown(item) for item in value)
