"""The type of an expression's value as far as it can be told without running it.

None wherever there is doubt: a rule that speaks up must be right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pmagent.procedures.language.uses import is_too_deep, nodes_of
from pmagent.types.procedures import ListOf, Maybe, Member, OneOf, Record, Scalar, ScalarKind, Shape

ANY = Scalar(kind="any")
_CALLS: Mapping[str, ScalarKind] = {
    "len": "int", "str": "str", "slug": "str", "days_ago": "str", "week": "str", "quotes": "str",
    "mentions": "bool", "bool": "bool", "any": "bool", "all": "bool", "int": "int",
    "float": "float",
}  # fmt: skip
_FAMILIES: Mapping[ScalarKind, str] = {
    "str": "text", "date": "text", "time": "text", "url": "text", "cited": "text",
    "cited_text": "text", "int": "number", "float": "number", "bool": "truth value",
}  # fmt: skip
Shapes = Mapping[str, Shape | None]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two sides that an expression compares."""

    left: Shape
    right: Shape
    is_equality: bool
    word: str
    """The constant text on one side; empty where there is none."""
    text: str


def shape_of(source: str, names: Shapes) -> Shape | None:
    """The type of an expression's value; None where it cannot be told."""
    tree = _parsed(source)
    return _shape(tree, _without(tree, names)) if tree is not None else None


def arguments_of(
    source: str, names: Shapes
) -> tuple[list[Shape | None], dict[str, Shape | None], bool] | None:
    """The types of arguments by place and by name, and whether those are all; None: unreadable."""
    tree = _parsed(f"_({source})")
    if not isinstance(tree, ast.Call):
        return None
    inside = _without(tree, names)
    is_whole = not any(isinstance(one, ast.Starred) for one in tree.args) and all(
        keyword.arg for keyword in tree.keywords
    )
    by_place = [_shape(one, inside) for one in tree.args]
    by_name = {one.arg: _shape(one.value, inside) for one in tree.keywords if one.arg}
    return by_place, by_name, is_whole


def comparisons_of(source: str, names: Shapes) -> Iterator[Comparison]:
    """What an expression compares, where both types are known."""
    tree = _parsed(source)
    if tree is None:
        return
    inside = _without(tree, names)
    for node in nodes_of(tree):
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            continue
        if not isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            continue
        sides = (node.left, node.comparators[0])
        left, right = (_shape(side, inside) for side in sides)
        if left is None or right is None:
            continue
        words = [
            one.value
            for one in sides
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        yield Comparison(
            left=left,
            right=right,
            is_equality=isinstance(node.ops[0], ast.Eq | ast.NotEq),
            word=words[0] if words else "",
            text=ast.unparse(node),
        )


def field_of(shape: Shape | None, name: str) -> tuple[Shape | None, str]:
    """The type of a record's field, and what is wrong with asking for it; empty for nothing."""
    match shape:
        case Maybe(shape=inner):
            return field_of(inner, name)
        case Record(members=members):
            for member in members:
                if member.name == name:
                    return member.shape, ""
            known = ", ".join(f'"{member.name}"' for member in members)
            return None, f'has no field "{name}", only {known}'
        case ListOf():
            return None, f'is a list, which has no field "{name}"'
        case OneOf():
            return None, f'is a word, which has no field "{name}"'
        case Scalar(kind=kind) if kind != "any":
            return None, f'is a {_FAMILIES[kind]}, which has no field "{name}"'
        case _:
            return None, ""


def why_not(given: Shape | None, wanted: Shape | None) -> str:
    """Why a value of one type can never be of another; empty where it may be."""
    if given is None or wanted is None or ANY in (given, wanted):
        return ""
    match given, wanted:
        case (Maybe(shape=inner), _):
            return why_not(inner, wanted)
        case (_, Maybe(shape=inner)):
            return why_not(given, inner)
        case (ListOf(item=one), ListOf(item=other)):
            problem = why_not(one, other)
            return f"its items: {problem}" if problem else ""
        case (Record(), Record()):
            return _records_differ(given, wanted)
        case (OneOf(values=some), OneOf(values=others)):
            return "" if set(some) & set(others) else "they have no word in common"
        case _:
            one, other = _family(given), _family(wanted)
            return "" if one == other else f"it is a {one}, not a {other}"


def _records_differ(given: Record, wanted: Record) -> str:
    have = {member.name: member for member in given.members}
    want = {member.name: member for member in wanted.members}
    for name, member in want.items():
        if name not in have and not member.is_optional:
            return f'it lacks the field "{name}"'
        problem = why_not(have[name].shape, member.shape) if name in have else ""
        if problem:
            return f'its field "{name}": {problem}'
    for name, member in have.items():
        if name not in want and not member.is_optional:
            return f'it has the field "{name}", which is not wanted'
    return ""


def _family(shape: Shape) -> str:
    match shape:
        case Scalar(kind=kind):
            return _FAMILIES.get(kind, "value")
        case OneOf():
            return "text"
        case ListOf():
            return "list"
        case Record():
            return "record"
        case Maybe(shape=inner):
            return _family(inner)


@lru_cache(maxsize=1_024)
def _parsed(source: str) -> ast.expr | None:
    try:
        tree = ast.parse(f"(\n{source}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None if is_too_deep(tree) else tree


def _without(tree: ast.expr, names: Shapes) -> Shapes:
    """The names that a tree does not use for something of its own, as a comprehension does."""
    own: set[str] = set()
    for node in nodes_of(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
    return {name: shape for name, shape in names.items() if name not in own}


def _shape(node: ast.expr, names: Shapes) -> Shape | None:
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=inner, attr=name):
            return field_of(_shape(inner, names), name)[0]
        case ast.Constant(value=value):
            return _constant(value)
        case ast.List() | ast.ListComp():
            return ListOf(item=ANY)
        case ast.Dict(keys=keys, values=values):
            return _record(keys, values, names)
        case ast.Subscript(value=inner, slice=ast.Constant(value=int())):
            items = _shape(inner, names)
            return items.item if isinstance(items, ListOf) else None
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS and name not in names:
            return Scalar(kind=_CALLS[name])
        case ast.Compare():
            return Scalar(kind="bool")
        case _:
            return None


def _constant(value: object) -> Shape | None:
    match value:
        case bool():
            return Scalar(kind="bool")
        case int():
            return Scalar(kind="int")
        case float():
            return Scalar(kind="float")
        case str():
            return Scalar(kind="str")
        case _:
            return None


def _record(keys: list[ast.expr | None], values: list[ast.expr], names: Shapes) -> Record | None:
    members: list[Member] = []
    for key, value in zip(keys, values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        members.append(Member(name=key.value, shape=_shape(value, names) or ANY))
    return Record(members=tuple(members))
