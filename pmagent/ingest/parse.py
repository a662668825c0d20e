"""A file's bytes made `Parsed`: the best parser is chosen by name, then by content.

The one place that holds for all formats: nothing empty, no hidden characters, only our errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import cast

from pmagent.errors import ReadError, SkipError
from pmagent.ingest import parsers
from pmagent.ingest.decode import clean_text
from pmagent.ingest.parsers import MOST_BLOCKS, Fit, Parser, Source
from pmagent.ingest.parsers.text import PARSER as PLAIN_TEXT
from pmagent.registry import collect
from pmagent.types import Block, Parsed


def parse(data: bytes, path: str) -> Parsed:
    """What stands in the file `path`, whose bytes are `data`; nothing is opened.

    A suffix no parser knows, or whose format the content is not, is read as plain text.

    Raises:
        SkipError: it is empty, or not text.
        ReadError: it is damaged.
    """
    return settle(take(data, path))


def take(data: bytes, path: str) -> Parsed:
    """What the file's parser makes of it, as it comes: `settle` it before it is used.

    The half of `parse` that may be done by a process that is not trusted.

    Raises:
        SkipError: it is empty, or not text.
        ReadError: it is damaged.
    """
    if not data.strip():
        raise SkipError("empty")
    source = Source(data, path)
    parser, warning = _choose(source)
    try:
        parsed = parser.parse(source)
    except RecursionError as exc:
        raise ReadError("nested too deeply") from exc
    except MemoryError as exc:
        raise ReadError("too large for the memory there is") from exc
    kept = parsed.blocks[:MOST_BLOCKS]
    if len(kept) < len(parsed.blocks):
        warning += (f"only its first {MOST_BLOCKS:,} paragraphs or rows are read",)
    return replace(parsed, blocks=kept, warnings=tuple(dict.fromkeys(warning + parsed.warnings)))


def settle(taken: Parsed) -> Parsed:
    """What was taken from a file, without empty blocks and hidden characters.

    Raises:
        SkipError: nothing is left.
    """
    blocks = tuple(block for block in map(_cleaned, taken.blocks) if block.text.strip())
    if not blocks:
        raise SkipError("empty")
    return replace(
        taken,
        blocks=blocks,
        title=_one_line(taken.title or "") or None,
        tags=_words(taken.tags),
        aliases=_words(taken.aliases),
        links=_words(taken.links),
    )


def load_parsers() -> Sequence[Parser]:
    """All parsers, with everything they import: before a process gives up its files."""
    return _parsers(tuple(parsers.__path__))


def _choose(source: Source) -> tuple[Parser, tuple[str, ...]]:
    """The parser that fits best, with a warning where the name promised another format."""
    asked = [
        parser for parser in _parsers(tuple(parsers.__path__)) if source.suffix in parser.suffixes
    ]
    fits = [(_fit(parser, source), parser) for parser in asked]
    best = max(fits, key=lambda fit: fit[0], default=(Fit.NO, PLAIN_TEXT))
    if best[0] is not Fit.NO:
        return best[1], ()
    warning = f"the content is not {source.suffix[1:].upper()}: read as plain text"
    return PLAIN_TEXT, (warning,) if asked and source.suffix else ()


def _fit(parser: Parser, source: Source) -> Fit:
    try:
        return parser.fit(source)
    except SkipError:
        # It looked at the text and there is none; a parser of bytes may still know the file.
        return Fit.NO


@cache
def _parsers(folders: tuple[str, ...]) -> tuple[Parser, ...]:
    """All parsers found in `folders`, the package's path: another path is another scan."""
    del folders
    return cast("tuple[Parser, ...]", collect(parsers.__name__, "PARSER"))


def _cleaned(block: Block) -> Block:
    """The block without what came back in through an entity, an escape or a packed format."""
    text = clean_text(block.text)
    speaker = _one_line(block.speaker) or None if block.speaker else None
    heading = tuple(_one_line(part) for part in block.heading)
    if text == block.text and speaker == block.speaker and heading == block.heading:
        return block
    marks = tuple((len(clean_text(block.text[:offset])), ms) for offset, ms in block.marks)
    return replace(block, text=text, speaker=speaker, heading=heading, marks=marks)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _words(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, cleaned, without empty ones."""
    return tuple(dict.fromkeys(word for part in parts if (word := _one_line(part))))
