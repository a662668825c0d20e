"""PDF files with a text layer: the lines of each page, numbered through the document.

Recognises no pictures of text. pypdf meets damaged files with whatever exception comes first, and
with log lines; neither leaves this module.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from pmagent.errors import ReadError, SkipError
from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._draft import Draft
from pmagent.types import Block, Parsed

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 20_000_000
_NAMED_PAGES = 10
_MARK_WITHIN = 1024
"""Readers accept a header that stands this far into the file."""
_FULL_LINE = 0.7
"""A line shorter than this share of the page's longest, ending a sentence, ends a paragraph."""
_SENTENCE_ENDS = (".", "!", "?", ":", "”", '"')
_UNTITLED = ("untitled", "microsoft word", "powerpoint")
_FAULTS = (
    PyPdfError, DependencyError, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError, RuntimeError, AssertionError, OSError, EOFError, zlib.error, struct.error,
)  # fmt: skip


class _Pdf:
    suffixes = frozenset({".pdf", ""})

    def fit(self, source: Source) -> Fit:
        """The header near the top."""
        return Fit.CONTENT if b"%PDF-" in source.data[:_MARK_WITHIN] else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a paragraph, as far as the layout shows paragraphs."""
        with _silent_log():
            reader, count = _open(source.data)
            pages = _Pages()
            for number in range(1, min(count, _MOST_PAGES) + 1):
                pages.read(reader, number)
            title = _title(reader)
        if not pages.blocks:
            raise pages.failure()
        if count > _MOST_PAGES:
            pages.warnings.append(f"only the first {_MOST_PAGES:,} of {count:,} pages were read")
        return Parsed(
            blocks=tuple(pages.blocks), format="pdf", title=title, warnings=pages.all_warnings()
        )


class _Pages:
    """The pages read so far."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self._lines = 0
        self._characters = 0
        self._unread: list[int] = []

    def read(self, reader: PdfReader, number: int) -> None:
        """Read page `number`, from 1."""
        if self._characters > _MOST_CHARACTERS:
            return
        try:
            page: PageObject = reader.pages[number - 1]
            text = page.extract_text()
        except _FAULTS:
            self._unread.append(number)
            return
        self._characters += len(text)
        if self._characters > _MOST_CHARACTERS:
            self.warnings.append(f"only the first {number:,} pages were read: the text is too long")
        lines = text.splitlines()
        self.blocks.extend(replace(b, page=number) for b in _paragraphs(lines, self._lines + 1))
        self._lines += len(lines)

    def all_warnings(self) -> tuple[str, ...]:
        """What was read around."""
        if not self._unread:
            return tuple(self.warnings)
        named = ", ".join(map(str, self._unread[:_NAMED_PAGES]))
        more = ", …" if len(self._unread) > _NAMED_PAGES else ""
        return (*self.warnings, f"these pages cannot be read: {named}{more}")

    def failure(self) -> ReadError:
        """Why there is nothing."""
        if self._unread:
            return ReadError("the PDF is damaged: no page can be read")
        return SkipError("no text layer: the pages are pictures")


def _open(data: bytes) -> tuple[PdfReader, int]:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("the file is encrypted", "save it without a password")
        return reader, len(reader.pages)
    except DependencyError as exc:
        # Opened by nothing but a cipher that is not installed.
        raise ReadError("the file is encrypted", "save it without a password") from exc
    except _FAULTS as exc:
        raise ReadError("the PDF is damaged, or cut in the middle") from exc


def _title(reader: PdfReader) -> str | None:
    try:
        found = reader.metadata
        title = found.title if found else None
    except _FAULTS:
        return None
    if not isinstance(title, str) or title.casefold().startswith(_UNTITLED):
        return None
    return title.strip() or None


def _paragraphs(lines: list[str], first_line: int) -> list[Block]:
    """The lines as blocks: a blank line, or a short one that ends a sentence, ends a block."""
    longest = max(map(len, lines), default=0)
    draft = Draft()
    for number, line in enumerate(lines, first_line):
        bare = line.strip()
        if not bare:
            draft.close()
            continue
        draft.add(number, bare)
        if len(line) < _FULL_LINE * longest and bare.endswith(_SENTENCE_ENDS):
            draft.close()
    draft.close()
    return draft.blocks


@contextmanager
def _silent_log() -> Generator[None]:
    """The log of pypdf without a voice: damage is told by what is returned."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


PARSER = _Pdf()
