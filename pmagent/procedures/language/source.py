"""Expressions and snippets as text: which names they use, and what is refused before they run.

Starlark's grammar lies within Python's, so Python's own parser reads it here; nothing is run. What
Starlark lacks, such as `while` or `import`, Starlark itself refuses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pmagent.errors import UsageError
from pmagent.procedures.language.uses import Uses, is_too_deep, nodes_of

MOST_EXPRESSION = 4_000
MOST_CODE = 20_000
FUNCTIONS = frozenset({
    "abs", "all", "any", "bool", "chr", "dict", "dir", "enumerate", "fail", "filter", "float",
    "getattr", "hasattr", "hash", "int", "len", "list", "map", "max", "min", "ord", "range",
    "repr", "reversed", "sorted", "str", "struct", "tuple", "type", "zip",
})  # fmt: skip
"""What Starlark has of its own."""
_GROWING = frozenset({"join", "replace", "format", "range", "repr", "str", "map", "decode"})
"""Calls whose value may be far larger than what they are given."""
Form = Literal["expression", "arguments", "code"]
_LIMITS: dict[Form, int] = {
    "expression": MOST_EXPRESSION,
    "arguments": MOST_EXPRESSION,
    "code": MOST_CODE,
}
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source, read."""

    text: str
    """As it was given."""
    names: frozenset[str]
    """Used, not made by itself, and not called as a function."""
    called: frozenset[str]
    """Used as a function, or as a room of functions (`json.encode`)."""
    fields: frozenset[str]
    """Dotted uses of free names, the longest ones: `facts.worst.claim`."""
    may_grow: bool
    """Whether a short source of this kind can ask for more memory than there is."""
    runs: str
    """What is given to Starlark: `x["a"]` works on a record as `x.a` does."""


def names_in(source: str) -> frozenset[str]:
    """The free names of an expression, of arguments or of a snippet, without what is called.

    `sorted(themes, key=weight)` has `themes` and `weight`. Empty where it cannot be read.
    """
    read = _read_any(source)
    return read.names if read else frozenset()


def fields_in(source: str) -> frozenset[str]:
    """The dotted uses of free names: `facts.contradicted > 0` has `facts.contradicted`."""
    read = _read_any(source)
    return read.fields if read else frozenset()


@lru_cache(maxsize=2_048)
def read_source(text: str, form: Form) -> Source:
    """A source, read.

    Raises:
        UsageError: it is empty, too long or cannot be parsed, or it uses a name that begins with
            an underscore.
    """
    what = "snippet" if form == "code" else "expression"
    if len(text) > _LIMITS[form]:
        raise UsageError(
            f"the {what} has {len(text):,} characters, at most {_LIMITS[form]:,}",
            "move the work into a function, or into several steps",
        )
    if not text.strip() and form != "arguments":
        raise UsageError(f"the {what} is empty", "write a value between the backticks")
    wrapped = text if form == "code" else f"{'_' if form == 'arguments' else ''}(\n{text}\n)"
    offset = 0 if form == "code" else 1
    tree = _parse(wrapped, text, form, offset)
    if is_too_deep(tree):
        raise fault(text, "it is too deeply nested", what=what)
    uses = Uses(tree)
    for name in sorted(uses.all_names):
        if (name.startswith("_") and name != "_") or name == "load":
            raise fault(text, f'the name "{name}" may not be used', what=what)
    return Source(
        text=text,
        names=frozenset(uses.names),
        called=frozenset(uses.called - {"_"}),
        fields=frozenset(uses.fields),
        may_grow=form == "code" or any(map(_grows, nodes_of(tree))),
        runs=_rewrite(wrapped, tree),
    )


def _grows(node: ast.AST) -> bool:
    match node:
        case ast.comprehension() | ast.For() | ast.Lambda() | ast.FunctionDef():
            return True
        case ast.BinOp(op=ast.Mult() | ast.Mod() | ast.LShift()):
            return True
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name in _GROWING
        case _:
            return False


def fault(text: str, why: str, *, what: str = "expression", line: int = 0) -> UsageError:
    """The error for a source that cannot be worked out. `line` counts from 1; 0 says none."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 120 else shown[:119] + "…"
    at = f" (its line {line})" if line and "\n" in text.strip() else ""
    return UsageError(f'the {what} "{shown}"{at} cannot be worked out: {why}', "")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a message: words, or an expression whose value stands there."""

    text: str
    is_expression: bool


@lru_cache(maxsize=2_048)
def read_template(template: str) -> tuple[Piece, ...]:
    """The parts of a message with `{expr}` in it. `{{` and `}}` are braces.

    Raises:
        UsageError: a brace is not closed.
    """
    pieces: list[Piece] = []
    words = ""
    at = 0
    while at < len(template):
        pair = template[at : at + 2]
        if pair in ("{{", "}}"):
            words += pair[0]
            at += 2
        elif template[at] == "{":
            end = _closing(template, at)
            pieces += [Piece(text=words, is_expression=False)] if words else []
            pieces.append(Piece(text=template[at + 1 : end].strip(), is_expression=True))
            words, at = "", end + 1
        else:
            words += template[at]
            at += 1
    return (*pieces, *([Piece(text=words, is_expression=False)] if words else []))


def expressions_in(template: str) -> tuple[str, ...]:
    """The expressions of a message, in order.

    Raises:
        UsageError: a brace is not closed.
    """
    return tuple(piece.text for piece in read_template(template) if piece.is_expression)


def _closing(template: str, start: int) -> int:
    """Where the brace at `start` is closed, past strings and inner brackets."""
    waiting: list[str] = []
    quote = ""
    at = start
    while at < len(template):
        mark = template[at]
        if quote:
            if mark == "\\":
                at += 1
            elif mark == quote:
                quote = ""
        elif mark in "\"'":
            quote = mark
        elif mark in _BRACKETS:
            waiting.append(_BRACKETS[mark])
        elif waiting and mark == waiting[-1]:
            waiting.pop()
            if not waiting:
                return at
        at += 1
    raise UsageError(
        f'the message "{template[:120]}" has a brace that is not closed',
        'close it, or write "{{" for a brace itself',
    )


def is_expression(source: str, known: Collection[str]) -> bool:
    """Whether an operand that may be a path, a phrase or an expression is an expression.

    It is one where it can be read as one and every name in it is in `known`. A slash without a
    space beside it makes a path: `notes/plan.md` is never a division.
    """
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", source)
    if re.search(r"\S/\S|\*\*|\S/$|^/", bare):
        return False
    try:
        return read_source(source, "expression").names <= set(known)
    except UsageError:
        return False


def _read_any(source: str) -> Source | None:
    forms: Sequence[Form] = ("expression", "arguments", "code")
    for form in forms:
        try:
            return read_source(source, form)
        except UsageError:
            continue
    return None


def _parse(wrapped: str, text: str, form: Form, offset: int) -> ast.Module:
    what = "snippet" if form == "code" else "expression"
    try:
        tree = ast.parse(wrapped)
    except SyntaxError as exc:
        line = min(max(1, (exc.lineno or 1) - offset), text.count("\n") + 1)
        raise fault(text, f"it is not written right ({exc.msg})", what=what, line=line) from exc
    except (ValueError, RecursionError, MemoryError) as exc:
        raise fault(text, "it is too deeply nested, or has a null character", what=what) from exc
    if form == "code":
        if not tree.body or not isinstance(tree.body[-1], ast.Expr):
            raise fault(text, "its last line is not an expression, so it has no value", what=what)
        return tree
    match tree.body:
        case [ast.Expr(value=value)] if _is_whole(value, wrapped, form):
            return tree
        case _:
            raise fault(text, "it is not one expression", what=what)


def _is_whole(value: ast.expr, wrapped: str, form: Form) -> bool:
    """Whether nothing closed the bracket that stands around it: `1) + (2` would."""
    if form == "arguments":
        return (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id == "_"
            and value.end_lineno == wrapped.count("\n") + 1
        )
    inner = wrapped[2:-2]
    try:
        ast.parse(f"_[\n{inner}\n]")
        ast.parse(f"_(\n{inner}\n)")
    except SyntaxError:
        return False
    return True


def _rewrite(wrapped: str, tree: ast.Module) -> str:
    """The source with `x[k]`, `k in x` and `for k in x` going through our own functions.

    Records are structs, which Starlark reads by dot alone; the functions read both.
    """
    lines = [line.encode() for line in re.split(r"(?<=\n)", wrapped)]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    data = wrapped.encode()
    # From, to, what stands there instead, and where what it belongs to ends: a walk is around what
    # is read by name.
    edits: list[tuple[int, int, bytes, int]] = []
    for node in _walked(tree):
        start, end = _start(node, starts), _end(node, starts)
        edits += [(start, start, b"_keys(", end + 1), (end, end, b")", end + 1)]
    for node in _subscripts(tree):
        start, end = _start(node, starts), _end(node, starts)
        bracket = data.index(b"[", _end(node.value, starts))
        edits += [
            (start, start, b"_at(", end),
            (bracket, bracket + 1, b",", end),
            (end - 1, end, b")", end),
        ]
    # From the last to the first; of two that open in one place the inner one first.
    for start, end, new, _ in sorted(edits, key=lambda it: (it[0], it[1], -it[3]), reverse=True):
        data = data[:start] + new + data[end:]
    return data.decode()


def _walked(tree: ast.Module) -> Iterator[ast.expr]:
    """What is looked into by name (`in`) or walked (`for`)."""
    for node in nodes_of(tree):
        match node:
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[inside]):
                yield inside
            case ast.For(iter=ast.Tuple()) | ast.comprehension(iter=ast.Tuple()):
                continue  # `for x in 1, 2` would become two arguments
            case ast.For(iter=walked) | ast.comprehension(iter=walked):
                yield walked
            case _:
                continue


def _subscripts(tree: ast.Module) -> Iterator[ast.Subscript]:
    for node in nodes_of(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Load)
            and not isinstance(node.slice, ast.Slice | ast.Tuple)
        ):
            yield node


def _start(node: ast.expr, starts: Sequence[int]) -> int:
    return starts[node.lineno - 1] + node.col_offset


def _end(node: ast.expr, starts: Sequence[int]) -> int:
    return starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
