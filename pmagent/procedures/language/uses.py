"""Which names a parsed source uses, and which of them it makes itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

DEEPEST = 120
"""Of brackets in brackets, and of operators in a row."""


class Uses:
    """Which names a tree uses, in the order in which it runs, with what each scope makes."""

    def __init__(self, tree: ast.Module) -> None:
        self.names: set[str] = set()
        self.called: set[str] = set()
        self.fields: set[str] = set()
        self.all_names = set(_all_names(tree))
        self._visit_all(tree.body, set())

    def _visit_all(self, nodes: Sequence[ast.AST], made: set[str]) -> None:
        for node in nodes:
            self._visit(node, made)

    def _visit(self, node: ast.AST, made: set[str]) -> None:
        match node:
            case ast.Name():
                self._name(node, made)
            case ast.Attribute():
                self._attribute(node, made)
            case ast.Call():
                self._call(node, made)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._comprehension(node.generators, [node.elt], made)
            case ast.DictComp():
                self._comprehension(node.generators, [node.key, node.value], made)
            case ast.Lambda() | ast.FunctionDef():
                self._function(node, made)
            case ast.stmt():
                self._statement(node, made)
            case _:
                self._visit_all(list(ast.iter_child_nodes(node)), made)

    def _statement(self, node: ast.stmt, made: set[str]) -> None:
        match node:
            case ast.Assign():
                self._visit_all([node.value, *node.targets], made)
            case ast.AugAssign(target=ast.Name(id=name)):
                self._visit(node.value, made)
                if name not in made:
                    self.names.add(name)
            case ast.For():
                self._visit_all([node.iter, node.target, *node.body], made)
            case _:
                self._visit_all(list(ast.iter_child_nodes(node)), made)

    def _call(self, node: ast.Call, made: set[str]) -> None:
        match node.func:
            case ast.Name(id=name):
                if name not in made:
                    self.called.add(name)
            case ast.Attribute(value=ast.Name(id="json")) if "json" not in made:
                self.called.add("json")
            case ast.Attribute(value=room):
                # `notes.split(" ")` uses notes, not a field of it.
                self._visit(room, made)
            case other:
                self._visit(other, made)
        self._visit_all([*node.args, *node.keywords], made)

    def _function(self, node: ast.Lambda | ast.FunctionDef, made: set[str]) -> None:
        self._visit_all(_defaults(node.args), made)
        if isinstance(node, ast.FunctionDef):
            made.add(node.name)
            self._visit_all(node.body, made | _parameters(node.args))
        else:
            self._visit(node.body, made | _parameters(node.args))

    def _name(self, node: ast.Name, made: set[str]) -> None:
        if isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif node.id not in made:
            self.names.add(node.id)

    def _attribute(self, node: ast.Attribute, made: set[str]) -> None:
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id not in made:
            self.names.add(inner.id)
            self.fields.add(".".join([inner.id, *reversed(parts)]))
        elif not isinstance(inner, ast.Name):
            self._visit(inner, made)

    def _comprehension(
        self, generators: Sequence[ast.comprehension], results: Sequence[ast.expr], made: set[str]
    ) -> None:
        inside = set(made)
        for generator in generators:
            self._visit_all([generator.iter, generator.target, *generator.ifs], inside)
        self._visit_all(results, inside)


def nodes_of(tree: ast.AST) -> Iterator[ast.AST]:
    """All of a tree's nodes."""
    yield from (node for node, _ in _with_depth(tree))


def is_too_deep(tree: ast.AST) -> bool:
    """Whether following a tree from within itself could go deeper than Python does."""
    return any(depth > DEEPEST for _, depth in _with_depth(tree))


def _with_depth(tree: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(inner, depth + 1) for inner in ast.iter_child_nodes(node)]


def _all_names(tree: ast.AST) -> Iterator[str]:
    for node in nodes_of(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                yield name
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) if name != "load":
                yield name
            case _:
                pass


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return {one.arg for one in [*every, arguments.vararg, arguments.kwarg] if one is not None}
