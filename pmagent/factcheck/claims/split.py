"""A draft in claims: each a sentence, list item or cell that can be held against a source alone.

Headings, code, front matter, lists of links and citation marks are no claims. Nothing else of the
prose is dropped: what cannot be checked keeps its words and says why by its kind.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pmagent.errors import SkipError
from pmagent.factcheck.claims.kinds import kind_of
from pmagent.factcheck.claims.parts import Persons, has_verb, split_parts
from pmagent.ingest.parse import parse
from pmagent.nlp.sentences import split_sentences
from pmagent.nlp.words import tokens
from pmagent.types.checking import Claim
from pmagent.types.documents import Block, Document, Parsed

LONGEST_BLOCK = 20_000
"""Characters read as one paragraph; a longer line is cut at a space."""
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})")
_FRONT = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FILE = r"[\w./-]{0,120}?[\w-]{1,80}\.[A-Za-z]\w{0,9}"
_PLACE = r"[\w./ -]{0,120}?[\w-]{1,80}\.[A-Za-z]\w{0,9}"
_CLOCK = r"~?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{3})?"
_MARKS = re.compile(
    rf"""(?x) \\?\[(?:{_CLOCK}(?:\s?[-–—>]+\s?{_CLOCK})?)\\?\] | \((?:{_CLOCK})\)  # [12:34]
    | \[{_PLACE}(?:\#?:?L?\d+(?:[-–]L?\d+)?)?(?:\s{_CLOCK})?\]  # [notes/a.md:12]
    | \(\s?{_PLACE}(?::\d+(?:[-–]\d+)?|\s{_CLOCK})\s?\) | `{_PLACE}:\d+(?:[-–]\d+)?`
    | (?<!\S){_FILE}\s~?\d\d:\d\d:\d\d(?!\d)                          # ep.vtt 00:12:44
    | \[\^?\d{{1,3}}\] | \[citation\sneeded\] | \[\[[^\]]*\]\]
    | (?<![\d:])~?\d\d:\d\d:\d\d(?:[.,]\d{{3}})?(?![\d:])"""
)
_FIRST_CLOCK = re.compile(rf"^\s*[-–—*•]?\s*{_CLOCK}\s*[-–—:|]*\s+")
_URL = re.compile(r"<?\b(?:https?://|www\.)\S+>?")
_MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`|~~|^\s*>+\s?")
_HOLLOW = re.compile(r"\(\s*\)|\[\s*\]")
_CODE = re.compile(
    r"""(?x) ^\s*(?: \$\s\w | >>>\s | \#! | // | /\* | import\s\w+$ | from\s\w+\simport\s
      | def\s\w+\(
      | class\s\w+[:(] | return\b.*[;)]$ | (?:const|let|var)\s\w+\s= | </?\w+[^>]*>\s*$ )
    | [={].*[{};]\s*$ | ^\s*[{}\]();]+\s*$ | ^\s*[\w.]+\s?=\s?[\w"'\[{(] | ^\s*[\w.]+\(.*\)\s*$"""
)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_CELL = " | "
_SMALL_WORDS = frozenset("a an and as at by for from in of on or the to vs with is".split())  # noqa: SIM905 - words
_LABEL = re.compile(r"^(?P<label>[A-Z][\w ]{1,30}):\s+(?P<value>\S.*)$")
_ENDS = re.compile(r"[.!?…。！？][\"'”’)\]]*$")
_LEAST = 2
"""Words a claim has."""
_LEAST_TOLD = 4
"""Words of one without a verb, a figure or a name: "A running log." says nothing to check."""
_NAMED = re.compile(
    r"(?<=\w\s)[A-Z]\w|(?i:\b(?:\w+ty|\w+teen|two|three|four|five|six|seven|eight|nine|ten|hundred|"
    r"thousand|million|half|dozen)\b)"
)


@dataclass(frozen=True, kw_only=True)
class _Unit:
    """A paragraph, list item or turn whose sentences are read together."""

    text: str
    first_line: int


def split_claims(document: Document) -> tuple[Claim, ...]:
    """The claims of a draft in reading order, numbered from 1, all kinds together."""
    claims = _claims_of(document.parsed)
    return tuple(replace(claim, path=document.path) for claim in claims)


def split_text(text: str) -> tuple[Claim, ...]:
    """The claims of a text that is no file, read as Markdown; none where it holds no words.

    Lines count in the text given. Code between fences and front matter are left out.
    """
    try:
        parsed = parse(_without_code(text).encode("utf-8"), "draft.md")
    except SkipError:
        return ()
    return _claims_of(parsed)


def plain_text(text: str) -> str:
    """A sentence without citation marks, time marks, addresses and markup, on one line."""
    bare = _MARKS.sub(" ", _FIRST_CLOCK.sub("", text))
    bare = _HOLLOW.sub(" ", _MARKUP.sub("", _URL.sub(" ", bare)))
    bare = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(bare.split())).strip()
    if bare.startswith("(") and (bare.endswith((")", ").")) or bare.count("(") > bare.count(")")):
        bare = bare[1:].removesuffix(".").removesuffix(")")
    return bare.removesuffix(")") if bare.count(")") > bare.count("(") else bare


def _without_code(text: str) -> str:
    """The text with front matter and fenced code blanked, so that lines keep their numbers."""
    front = _FRONT.match(text)
    if front:
        text = "\n" * front[0].count("\n") + text[front.end() :]
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            is_end = mark is not None and mark["mark"].startswith(fence)
            fence = "" if is_end else fence
            lines.append("")
        elif mark:
            fence = mark["mark"]
            lines.append("")
        else:
            lines.append(line)
    return "\n".join(lines)


def _claims_of(parsed: Parsed) -> tuple[Claim, ...]:
    found: list[Claim] = []
    blocks = parsed.blocks
    head: tuple[str, ...] = ()
    for place, block in enumerate(blocks):
        cells = _cells(block)
        if cells:
            is_first = place == 0 or not _is_next_row(blocks[place - 1], block)
            head = cells if is_first else head
            if not is_first:
                found.extend(_claims_of_row(block, cells, head))
        elif not _is_apart(block, parsed):
            for unit in _units(block):
                found.extend(_claims_of_unit(unit))
    return tuple(replace(claim, number=number) for number, claim in enumerate(found, 1))


def _cells(block: Block) -> tuple[str, ...]:
    """The cells of a table's row; empty for all else."""
    if block.speaker or "\n" in block.text or _CELL not in block.text:
        return ()
    return tuple(cell.strip() for cell in block.text.split(_CELL))


def _is_next_row(one: Block, other: Block) -> bool:
    return bool(_cells(one)) and other.first_line - one.first_line <= 2


def _claims_of_row(block: Block, cells: Sequence[str], head: Sequence[str]) -> Iterator[Claim]:
    """A claim for each cell behind the first: `Basic, Price: $9`."""
    columns = list(head) if len(head) == len(cells) else [""] * len(cells)
    for column, cell in list(zip(columns, cells, strict=True))[1:]:
        said = plain_text(cell)
        if not re.search(r"\w", said):
            continue
        label = ", ".join(filter(None, (plain_text(cells[0]), plain_text(column))))
        yield Claim(
            text=f"{label}: {said}",
            source=block.text,
            kind="question" if said.endswith("?") else "statement",
            first_line=block.first_line,
            last_line=block.first_line,
        )


def _is_apart(block: Block, parsed: Parsed) -> bool:
    """Whether a block is a heading, a field of front matter, or code."""
    shown = " ".join(block.text.split())
    if block.heading and plain_text(shown) == plain_text(block.heading[-1]):
        return True
    fields = " ".join(filter(None, (parsed.title, *parsed.tags, *parsed.aliases)))
    if not block.heading and set(tokens(shown)) <= set(tokens(fields)):
        return True
    lines = [line for line in block.text.splitlines() if line.strip()]
    return sum(1 for line in lines if _CODE.search(line)) * 2 > len(lines)


def _units(block: Block) -> Iterator[_Unit]:
    """The block, cut where it is too long to be a paragraph."""
    start, line = 0, block.first_line
    text = block.text
    while start < len(text):
        end = start + LONGEST_BLOCK
        cut = text.rfind(" ", start, end) if end < len(text) else len(text)
        end = cut if cut > start else min(end, len(text))
        yield _Unit(text=text[start:end], first_line=line)
        line += text.count("\n", start, end)
        start = end


def _claims_of_unit(unit: _Unit) -> Iterator[Claim]:
    breaks = [match.start() for match in re.finditer("\n", unit.text)]
    persons = Persons()
    for start, end in _sentences(unit.text):
        sentence = unit.text[start:end]
        if not _is_said(plain_text(sentence)):
            continue
        for part in split_parts(sentence):
            text = persons.name_subject(plain_text(part.text))
            if len(text.split()) < _LEAST and not re.search(r"\d", text):
                continue
            persons.read(text)
            yield Claim(
                text=text,
                source=sentence[part.start : part.end],
                kind=kind_of(text),
                first_line=unit.first_line + bisect_right(breaks, start + part.start),
                last_line=unit.first_line + bisect_right(breaks, start + part.end - 1),
            )


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences; each line of a list of short lines, such as chapters, is one."""
    lines = text.split("\n")
    if len(lines) > 1 and all(_FIRST_CLOCK.match(line) or not line.strip() for line in lines):
        offset = 0
        for line in lines:
            yield offset, offset + len(line)
            offset += len(line) + 1
        return
    yield from split_sentences(text)


def _is_said(text: str) -> bool:
    """Whether words say something: not a link's title, a label, a name standing alone."""
    words = _WORD.findall(text)
    if not words:
        return False
    if any(character.isdigit() for character in text):
        return True
    if _ENDS.search(text):
        is_told = len(words) >= _LEAST_TOLD or has_verb(text) or bool(_NAMED.search(text))
        return len(words) >= _LEAST and is_told
    label = _LABEL.match(text)
    if label is not None and not has_verb(text):
        return len(words) >= 3  # "Guest: Ana Bell" names somebody
    told = [word for word in words if word.lower() not in _SMALL_WORDS]
    is_title = all(word[0].isupper() or word[0].isdigit() for word in told)
    is_unspaced = bool(re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text))
    return (has_verb(text) and not is_title) or (len(words) >= 6 and not is_title) or is_unspaced
