"""What a parser is. Each module beside this one that has no leading underscore exports a `PARSER`.

A parser makes `Parsed` of one file's bytes. It opens nothing, remembers nothing between files, and
raises only `ReadError` and `SkipError`.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from pathlib import PurePosixPath
from typing import Protocol

from pmagent.errors import SkipError
from pmagent.ingest.decode import Decoded, decode
from pmagent.types import Parsed

MOST_BLOCKS = 150_000
"""What is kept of one file: more is a machine's, and would take hundreds of megabytes."""
_MOST_LINES = 2_000_000
"""Beyond this the list of lines alone takes as much."""


class Fit(IntEnum):
    """How sure a parser is that a file is its own."""

    NO = 0
    NAME = 1
    """Its suffix says so, and nothing speaks against it."""
    CONTENT = 2
    """The content shows the format."""


class Source:
    """One file as a parser sees it: its bytes, and its text when that is asked for."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data = data
        self.path = path

    @cached_property
    def suffix(self) -> str:
        """Such as `.md`, in lower case; empty where the name has none."""
        return PurePosixPath(self.path).suffix.lower()

    @cached_property
    def decoded(self) -> Decoded:
        """The text, its encoding and what was lost.

        Raises:
            SkipError: the bytes are not text.
        """
        return decode(self.data)

    @property
    def text(self) -> str:
        r"""The whole text, lines ended by `\n`; raises as `decoded` does."""
        return self.decoded.text

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines without their ends: line number n of the file is `lines[n - 1]`.

        Raises:
            SkipError: the bytes are not text, or the lines are too many to hold.
        """
        if self.text.count("\n") > _MOST_LINES:
            raise SkipError(f"more than {_MOST_LINES:,} lines")
        return self.text.split("\n")


class Parser(Protocol):
    """One format. `docs/guide/add-a-parser.md` shows a whole one."""

    @property
    def suffixes(self) -> frozenset[str]:
        """The suffixes it is asked about: lower case with the dot, empty for a name without one."""
        ...

    def fit(self, source: Source) -> Fit:
        """How well it fits. The best parser of a suffix reads the file; ties go by module name."""
        ...

    def parse(self, source: Source) -> Parsed:
        """The file's blocks in the order of their lines; those beyond `MOST_BLOCKS` are dropped.

        Raises:
            ReadError: the file is damaged beyond reading.
            SkipError: there is nothing to read in it.
        """
        ...
