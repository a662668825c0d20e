"""Word documents: paragraphs as lines, headings by style, table rows as blocks.

Streams the document's XML and never builds it; a packed file that would unpack to more than its
size allows is refused before it is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from pmagent.errors import ReadError, SkipError
from pmagent.ingest.decode import clean_text
from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._draft import Draft, Headings
from pmagent.ingest.parsers._turns import find_turns
from pmagent.types import Parsed

_MAIN = re.compile(r"word/document\d*\.xml")
_STYLES = "word/styles.xml"
_MOST_BYTES = 64 << 20
_MOST_RATIO = 200
_SMALL_BYTES = 1 << 20
"""Below this any ratio is harmless, and short documents of one repeated word reach odd ones."""
_PART = 1 << 16
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_HEADING_STYLE = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_BREAKS = {"tab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-"}


class _Docx:
    suffixes = frozenset({".docx", ".docm"})

    def fit(self, source: Source) -> Fit:
        """A zip archive, or the wrapping of an encrypted document."""
        starts = (b"PK\x03\x04", b"PK\x05\x06", _OLD_WORD)
        return Fit.CONTENT if source.data.startswith(starts) else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a paragraph or table row; its line is the number of its paragraph."""
        if source.data.startswith(_OLD_WORD):
            raise ReadError("the file is encrypted, or from Word before 2007", "save it as docx")
        body = _Body()
        try:
            with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
                names = archive.namelist()
                main = next((name for name in names if _MAIN.fullmatch(name)), None)
                if main is None:
                    raise ReadError("the file is no Word document: it has no text part")
                styles = _read_styles(archive) if _STYLES in names else {}
                _feed(archive, main, body.start, body.end, body.text)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as exc:
            raise ReadError(f"the file is damaged: {exc}") from exc
        except RuntimeError as exc:
            raise ReadError("the file is encrypted", "save it without a password") from exc
        except (expat.ExpatError, ValueError) as exc:
            raise ReadError(f"the document's XML is damaged: {exc}") from exc
        return _write(body.paragraphs, styles)


class _Paragraph:
    """One paragraph, in a table's row or by itself."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.style = ""
        self.level = 0
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        return " ".join(clean_text("".join(self.pieces)).split())


class _Body:
    """Collects paragraphs from the document's elements, in the order they begin."""

    def __init__(self) -> None:
        self.paragraphs: list[_Paragraph] = []
        self._open: list[_Paragraph] = []
        self._in_text = False
        self._hidden = 0
        self._tables = 0
        self._row = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == _FALLBACK or self._hidden:
            # The same content again, for programs that cannot show the first.
            self._hidden += 1
            return
        space, local = _local(name)
        if local == "p":
            self.paragraphs.append(_Paragraph(self._row if self._tables else 0))
            self._open.append(self.paragraphs[-1])
        elif local == "tbl":
            self._tables += 1
        elif local == "tr":
            self._row += self._tables == 1
        elif self._open:
            self._in_paragraph(local, attributes.get(f"{space}val", ""))

    def _in_paragraph(self, local: str, value: str) -> None:
        paragraph = self._open[-1]
        if local == "t":
            self._in_text = True
        elif local == "pStyle":
            paragraph.style = value
        elif local == "outlineLvl" and value.isdecimal():
            paragraph.level = int(value) + 1 if int(value) < 9 else 0
        elif local in _BREAKS:
            paragraph.pieces.append(_BREAKS[local])

    def end(self, name: str) -> None:
        """An element ends."""
        if self._hidden:
            self._hidden -= 1
            return
        _, local = _local(name)
        if local == "t":
            self._in_text = False
        elif local == "p" and self._open:
            self._open.pop()
        elif local == "tbl":
            self._tables -= 1

    def text(self, words: str) -> None:
        """Characters of the element that is open."""
        if self._in_text and self._open:
            self._open[-1].pieces.append(words)


def _local(name: str) -> tuple[str, str]:
    """The namespace and name of a WordprocessingML element; other elements have no name."""
    for space in (_WORD, _STRICT):
        if name.startswith(space):
            return space, name[len(space) :]
    return "", ""


def _write(paragraphs: list[_Paragraph], styles: dict[str, str]) -> Parsed:
    texts = [paragraph.text for paragraph in paragraphs]
    draft = Draft(find_turns(texts))
    headings = Headings()
    title: str | None = None
    row = 0
    for number, (paragraph, text) in enumerate(zip(paragraphs, texts, strict=True), 1):
        if not paragraph.row or paragraph.row != row:
            draft.close()
        row = paragraph.row
        style = styles.get(paragraph.style, paragraph.style)
        level = _level(style) or paragraph.level
        if style.casefold() == "title" and text:
            title = title or text
        if level and text and not row:
            draft.silence()
            draft.heading = headings.put(level, text)
            title = title or text
        if text and (row or level):
            draft.add(number, text)
        elif text:
            draft.say(number, text)
    draft.close()
    return Parsed(blocks=tuple(draft.blocks), format="docx", title=title)


def _level(style: str) -> int:
    """The heading level of a style, by the name that is English in every Word."""
    match = _HEADING_STYLE.fullmatch(style)
    return int(match[1]) if match else 0


def _read_styles(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name of each style by its identifier."""
    names: dict[str, str] = {}
    current = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal current
        space, local = _local(name)
        if local == "style":
            current = attributes.get(f"{space}styleId", "")
        elif local == "name" and current:
            names.setdefault(current, attributes.get(f"{space}val", ""))

    _feed(archive, _STYLES, start, lambda _: None, lambda _: None)
    return names


def _feed(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Send the elements of one part of the archive to the three callbacks."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse_entity
    for part in _unpacked(archive, name):
        parser.Parse(part, False)
    parser.Parse(b"", True)


def _refuse_entity(*_: object) -> None:
    raise ReadError("the document declares XML entities, which no Word document needs")


def _unpacked(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of one part, refused as soon as they are more than a document's."""
    info = archive.getinfo(name)
    ratio = info.file_size / max(1, info.compress_size)
    if info.file_size > _MOST_BYTES or (info.file_size > _SMALL_BYTES and ratio > _MOST_RATIO):
        raise SkipError(f"unpacks to {info.file_size >> 20} MB, which no document needs")
    taken = 0
    with archive.open(info) as stream:
        while part := stream.read(_PART):
            taken += len(part)
            if taken > _MOST_BYTES:
                raise SkipError(f"unpacks to more than {_MOST_BYTES >> 20} MB")
            yield part


PARSER = _Docx()
