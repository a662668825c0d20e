"""The post as it would be published: plain Markdown, each claim with a number behind it.

The numbers lead to the list of sources at its end, which a reader can check by ear: who, when, and
the line of the transcript. Paths stay at home.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.publish.render._escape import escape, link, plain
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import TITLE_CHARS
from pmagent.publish.render._reading import markdown_problems
from pmagent.publish.render._times import clock, clock_of
from pmagent.publish.render.markdown import quoted
from pmagent.types.documents import Citation
from pmagent.types.publishing import Kit


class _Sources:
    """Numbers the places that are cited, the same place once."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, int, int | None, str | None], int] = {}
        self._cited: list[Citation] = []

    def mark(self, citation: Citation) -> str:
        """` [3]`, as it stands behind a sentence."""
        locator = citation.locator
        key = (citation.path, locator.first_line, locator.start_ms, citation.speaker)
        if key not in self._places:
            self._cited.append(citation)
            self._places[key] = len(self._cited)
        return f" [{self._places[key]}]"

    def rows(self, title: str) -> list[str]:
        """The list at the end; empty where nothing is cited."""
        if not self._cited:
            return []
        told = [f"{number}. {_told(one)}" for number, one in enumerate(self._cited, start=1)]
        return ["## Sources", "", f"All from the transcript of “{escape(title)}”:", "", *told, ""]


def title_of(kit: Kit) -> str:
    """The post's title, unescaped: the first idea, or what the document is called."""
    first = plain(kit.titles[0].text) if kit.titles else ""
    return first or plain(kit.transcript.document.title) or "Untitled"


def post_page(kit: Kit, *, with_title: bool = True) -> str:
    """The post as Markdown. A blog that has a field for the title takes it without."""
    sources = _Sources()
    rows = [f"# {escape(title_of(kit))}", ""] if with_title else []
    rows += [*_description(kit, sources), *_notes(kit, sources), *_chapters(kit)]
    rows += [*_quotes(kit, sources), *_links(kit)]
    rows += sources.rows(kit.transcript.document.title)
    return "\n".join(rows).rstrip() + "\n" if rows else ""


def _told(citation: Citation) -> str:
    """`Nell, 4:33, line 42`."""
    parts = (escape(citation.speaker or ""), clock_of(citation))
    told = [*(part for part in parts if part), f"line {citation.locator.first_line}"]
    return ", ".join(told)


def _description(kit: Kit, sources: _Sources) -> list[str]:
    """The long one, a number behind each sentence that is found in it, the others at its end."""
    text = plain(kit.description.long) or plain(kit.description.short)
    if not text:
        return []
    written, position, left = "", 0, ""
    for line in kit.description.lines:
        words = plain(line.text)
        found = text.find(words, position) if words else -1
        if found < 0:
            left += sources.mark(line.citation)
            continue
        end = found + len(words)
        written += f"{_piece(text, position, end)}{sources.mark(line.citation)}"
        position = end
    return [f"{written}{_piece(text, position, len(text))}{left}".strip(), ""]


def _piece(text: str, start: int, end: int) -> str:
    """That part of the text, escaped, with the blank that stands before it."""
    words = escape(text[start:end])
    return f" {words}" if words and start and text[start].isspace() else words


def _notes(kit: Kit, sources: _Sources) -> list[str]:
    if not kit.notes:
        return []
    points = [f"- {escape(line.text)}{sources.mark(line.citation)}" for line in kit.notes]
    return ["## Show notes", "", *points, ""]


def _chapters(kit: Kit) -> list[str]:
    if not kit.chapters:
        return []
    points = [
        f"- {f'{clock(chapter.start_ms)} ' if chapter.start_ms is not None else ''}"
        f"{escape(chapter.title) or 'Untitled'}"
        for chapter in kit.chapters
    ]
    return ["## Chapters", "", *points, ""]


def _quotes(kit: Kit, sources: _Sources) -> list[str]:
    if not kit.quotes:
        return []
    rows = ["## Quotes", ""]
    for quote in kit.quotes:
        told = [escape(quote.citation.speaker or ""), clock_of(quote.citation)]
        source = ", ".join(part for part in told if part)
        lead = [">", f"> — {source}"] if source else []
        rows += [f"> {quoted(quote.text)}{sources.mark(quote.citation)}", *lead, ""]
    return rows


def _links(kit: Kit) -> list[str]:
    """Links first: what has no address is named on one line, so that a person may add one."""
    shown = [(link(mention.text, mention.url), mention) for mention in kit.mentions]
    points = [f"- {named}" for named, _ in shown if named.startswith("[")]
    bare = [named for named, _ in shown if named and not named.startswith("[")]
    if bare:
        points.append(f"- {'Also mentioned' if points else 'Mentioned'}: {', '.join(bare)}")
    return ["## Links", "", *points, ""] if points else []


def _make(kit: Kit) -> Rendering:
    text = post_page(kit)
    remarks = list(_left_out(kit))
    title = title_of(kit)
    if len(title) > TITLE_CHARS:
        remarks.append(f"the title has {len(title)} characters: lists cut it at {TITLE_CHARS}")
    return Rendering(text=text, remarks=tuple(remarks))


def _left_out(kit: Kit) -> Sequence[str]:
    """The parts that the post has not, in a sentence."""
    parts = (
        ("description", kit.description.long or kit.description.short),
        ("show notes", kit.notes),
        ("chapters", kit.chapters),
        ("quotes", kit.quotes),
        ("links", kit.mentions),
    )
    missing = [name for name, held in parts if not held]
    return (f"the kit has no {', no '.join(missing)}",) if missing else ()


FORMATS = (
    Format(
        name="post",
        about="the post as it would be published",
        file_name="post.md",
        media_type="text/markdown",
        make=_make,
        check=markdown_problems,
    ),
)
