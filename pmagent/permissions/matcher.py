"""Many path patterns as one tree of names: which of them takes a path, in a few steps a name.

The cost grows with the path, hardly with the number of patterns: literal names are looked up,
`*.x` and `x*` by their ends, other wildcards once for each name seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from pmagent.permissions.names import fold_name, fold_path
from pmagent.permissions.patterns import Deep, Glob, Part, PathPattern
from pmagent.permissions.stars import join_stars

_KEPT_NAMES = 2048
_KEPT_FOLDERS = 4096
_KEPT_PATHS = 4096
_LETTERS = 3
_WILD = re.compile(r"[*?]+|\[[^\]]*\]?|\{[^}]*\}?")
_STAR = "*"
# A name that no pattern means: what would a file in this folder be?
_ANY_CHILD = "\ue000"


class _Globs:
    """The wildcard names that can follow one node, found by a few letters that each must hold."""

    def __init__(self) -> None:
        self._by_letters: dict[str, list[tuple[re.Pattern[str], _Node]]] = {}
        self._sizes: set[int] = set()
        self._ends: dict[tuple[int, int], dict[str, _Node]] = {}
        self._seen: dict[str, tuple[_Node, ...]] = {}
        self._spans: list[tuple[str, str, _Node]] = []

    def add(self, parts: Sequence[Part], source: str, node: _Node, *, is_wide: bool) -> None:
        """Let `node` follow a name that the wildcards take."""
        self._spans.append((_head(parts, is_wide=is_wide), _tail(parts, is_wide=is_wide), node))
        end = _literal_end(parts)
        if end is not None:
            is_head, text = end
            for form in {text, fold_name(text)} if is_wide else {text}:
                size = (len(form), 0) if is_head else (0, len(form))
                self._ends.setdefault(size, {})[form] = node
            return
        literals = [part.lower() for part in parts if isinstance(part, str) and part.isascii()]
        letters = max(literals, key=len, default="")[:_LETTERS]
        self._sizes.add(len(letters))
        self._by_letters.setdefault(letters, []).append((re.compile(source, re.DOTALL), node))

    def find(self, name: str) -> tuple[_Node, ...]:
        """The nodes behind the wildcards that take `name`."""
        found = self._seen.get(name)
        if found is None:
            if len(self._seen) >= _KEPT_NAMES:
                self._seen.clear()
            found = self._seen[name] = tuple(self._look_up(name))
        return found

    def find_shared(self, name: str) -> Iterator[_Node]:
        """The nodes behind the wildcards that may take what the wildcards in `name` take."""
        first, last = _WILD.split(name)[0], _WILD.split(name)[-1]
        for head, tail, node in self._spans:
            is_begun = head.startswith(first) or first.startswith(head)
            if is_begun and (tail.endswith(last) or last.endswith(tail)):
                yield node

    def _look_up(self, name: str) -> Iterator[_Node]:
        for (head, tail), nodes in self._ends.items():
            if len(name) >= head + tail:
                end = nodes.get(name[:head] if head else name[len(name) - tail :])
                if end is not None:
                    yield end
        low = name.lower()
        for size in self._sizes:
            for letters in {low[at : at + size] for at in range(len(low) - size + 1)}:
                for regex, node in self._by_letters.get(letters, ()):
                    if regex.fullmatch(name):
                        yield node


class _Node:
    """What can follow the names that led here."""

    __slots__ = ("any_name", "covers", "deep", "exact", "globs", "is_loop", "literal")

    def __init__(self, *, is_loop: bool = False) -> None:
        self.literal: dict[str, _Node] = {}
        self.any_name: _Node | None = None
        self.globs: _Globs | None = None
        self.deep: _Node | None = None
        self.is_loop = is_loop
        self.covers: int | None = None
        self.exact: int | None = None


class PathMatcher:
    """Numbered patterns. `find` gives the number of one that takes a path."""

    def __init__(
        self,
        patterns: Iterable[tuple[int, PathPattern]],
        *,
        root: str,
        is_wide: bool,
        everything: int | None = None,
    ) -> None:
        self._is_wide = is_wide
        self._everything = everything
        self._top = _Node()
        self._is_empty = everything is None
        self._needs_raw = False
        self._found: dict[str, int | None] = {}
        by_regex: dict[tuple[int, str], _Node] = {}
        for number, pattern in patterns:
            self._is_empty = False
            self._add(number, pattern, by_regex)
        if self._everything is None:
            self._everything = self._top.covers
        top: _State = (_entered((self._top,)), None)
        self._folders: dict[str, _State] = {"/": top}
        self._folders[""] = self._walk_on(top, self._names(root))

    def find(self, path: str) -> int | None:
        """The number of a pattern that takes `path`: relative to the garden, or absolute."""
        if self._everything is not None or self._is_empty:
            return self._everything
        if path in self._found:
            return self._found[path]
        folder, name = self._split(path)
        found = self._end(self._at(folder), self._names(name))
        if found is None and self._needs_raw:
            # A class such as `[!a]` takes more letters before they are folded.
            start = self._folders["/" if path.startswith("/") else ""]
            found = self._end(start, [name for name in path.split("/") if name])
        if len(self._found) >= _KEPT_PATHS:
            self._found.clear()
        self._found[path] = found
        return found

    def find_below(self, folder: str) -> int | None:
        """The number of a pattern that takes whatever lies in `folder`."""
        return self.find(f"{folder}/{_ANY_CHILD}" if folder else _ANY_CHILD)

    def find_shared(self, path: str) -> int | None:
        """The number of a pattern that may take a file which the wildcards in `path` take."""
        if self._everything is not None or self._is_empty:
            return self._everything
        names = [name for name in fold_name(path).split("/") if name]
        state = self._folders["/" if path.startswith("/") else ""]
        for name in names:
            state = _step(state, name) if not _WILD.search(name) else _step_shared(state, name)
        return self._end(state, ())

    @staticmethod
    def _split(path: str) -> tuple[str, str]:
        folder, slash, name = path.rpartition("/")
        return (folder or slash), name

    def _at(self, folder: str) -> _State:
        """What is left to match below `folder`: kept, for files come in folders."""
        state = self._folders.get(folder)
        if state is None:
            if len(self._folders) >= _KEPT_FOLDERS:
                self._folders = {key: self._folders[key] for key in ("/", "")}
            start = self._folders["/" if folder.startswith("/") else ""]
            state = self._walk_on(start, self._names(folder))
            self._folders[folder] = state
        return state

    def _names(self, path: str) -> Sequence[str]:
        if self._is_wide:
            return fold_path(path)
        return [name for name in path.split("/") if name]

    @staticmethod
    def _walk_on(state: _State, names: Sequence[str]) -> _State:
        for name in names:
            state = _step(state, name)
        return state

    def _end(self, state: _State, names: Sequence[str]) -> int | None:
        nodes, rule = self._walk_on(state, names)
        if rule is not None:
            return rule
        for node in nodes:
            if node.exact is not None:
                return node.exact
        return None

    def _add(
        self, number: int, pattern: PathPattern, by_regex: dict[tuple[int, str], _Node]
    ) -> None:
        node = self._top
        for segment in pattern.segments:
            if isinstance(segment, Deep):
                if node.deep is None:
                    node.deep = _Node(is_loop=True)
                node = node.deep
            elif isinstance(segment, str):
                node = node.literal.setdefault(segment, _Node())
            else:
                node = self._add_glob(node, segment, by_regex)
        if pattern.covers:
            node.covers = number if node.covers is None else node.covers
        elif node.exact is None:
            node.exact = number

    def _add_glob(self, node: _Node, glob: Glob, by_regex: dict[tuple[int, str], _Node]) -> _Node:
        kinds = ["*" if _source(part) == _STAR else "." for part in glob.parts]
        if kinds == ["*"]:
            if node.any_name is None:
                node.any_name = _Node()
            return node.any_name
        source = _regex(glob.parts, is_wide=self._is_wide)
        known = by_regex.get((id(node), source))
        if known is not None:
            return known
        below = by_regex[id(node), source] = _Node()
        if node.globs is None:
            node.globs = _Globs()
        node.globs.add(glob.parts, source, below, is_wide=self._is_wide)
        self._needs_raw |= self._is_wide and any(_is_raw(part) for part in glob.parts)
        return below


_State: TypeAlias = "tuple[tuple[_Node, ...], int | None]"
"""Where a path can be in the tree, and the number of what takes all below."""


def _step(state: _State, name: str) -> _State:
    nodes, rule = state
    if rule is not None:
        return state
    reached: dict[_Node, None] = {}
    for node in nodes:
        if node.is_loop:
            reached[node] = None
        below = node.literal.get(name)
        if below is not None:
            reached[below] = None
        if node.any_name is not None:
            reached[node.any_name] = None
        if node.globs is not None:
            for below in node.globs.find(name):
                reached[below] = None
    return _covered(reached)


def _step_shared(state: _State, name: str) -> _State:
    """Where a path can be behind a name with wildcards of its own."""
    nodes, rule = state
    if rule is not None:
        return state
    pieces = [re.escape(piece) for piece in _WILD.split(name)]
    taken = re.compile(join_stars(pieces), re.DOTALL)
    reached: dict[_Node, None] = {}
    for node in nodes:
        if node.is_loop:
            reached[node] = None
        reached.update((n, None) for key, n in node.literal.items() if taken.fullmatch(key))
        if node.any_name is not None:
            reached[node.any_name] = None
        if node.globs is not None:
            reached.update(dict.fromkeys(node.globs.find_shared(name)))
    return _covered(reached)


def _covered(reached: Mapping[_Node, None]) -> _State:
    for node in reached:
        if node.covers is not None:
            return (), node.covers
    return _entered(reached), None


def _entered(nodes: Iterable[_Node]) -> tuple[_Node, ...]:
    entered = tuple(nodes)
    deep = [node.deep for node in entered if node.deep is not None]
    return tuple(dict.fromkeys((*entered, *deep))) if deep else entered


def _is_raw(part: Part) -> bool:
    """Whether folding a name could hide it from this part."""
    if isinstance(part, str):
        return part.endswith((".", " ")) or not part.isascii()
    return part.source not in {_STAR, "."}


def _source(part: Part) -> str:
    return "" if isinstance(part, str) else part.source


def _head(parts: Sequence[Part], *, is_wide: bool) -> str:
    first = parts[0]
    text = first if isinstance(first, str) else ""
    return fold_name(text) if is_wide else text


def _tail(parts: Sequence[Part], *, is_wide: bool) -> str:
    last = parts[-1]
    text = last if isinstance(last, str) else ""
    return fold_name(text) if is_wide else text


def _literal_end(parts: Sequence[Part]) -> tuple[bool, str] | None:
    """For `x*`: (True, "x"); for `*x`: (False, "x")."""
    if len(parts) != 2:
        return None
    first, last = parts
    if isinstance(first, str) and _source(last) == _STAR:
        return True, first
    if isinstance(last, str) and _source(first) == _STAR:
        return False, last
    return None


def _regex(parts: Sequence[Part], *, is_wide: bool) -> str:
    """A regular expression for one name, of linear cost.

    A wide one takes the name as it is and its folded form.
    """
    plain = _join(parts, is_folded=False)
    if not is_wide:
        return plain
    folded = _join(parts, is_folded=True)
    return plain if folded == plain else f"(?:{plain}|{folded})"


def _join(parts: Sequence[Part], *, is_folded: bool) -> str:
    pieces: list[str] = [""]
    for part in parts:
        if isinstance(part, str):
            pieces[-1] += re.escape(fold_name(part) if is_folded else part)
        elif part.source == _STAR:
            pieces.append("")
        elif part.source == ".":
            pieces[-1] += "."
        else:
            pieces[-1] += f"(?i:{part.source})" if is_folded else part.source
    return join_stars(pieces)
