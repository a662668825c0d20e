"""The kit as a page to work with, and each part of it alone: every line with its place.

Nothing that comes from a transcript can become a link, markup or a heading here: see `_escape`.
Citations stand as `[path:line]`, which the conversation opens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType

from pmagent.nlp.counted import counted
from pmagent.publish.render._escape import escape, escape_path, link, plain
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import TITLE_CHARS
from pmagent.publish.render._reading import markdown_problems
from pmagent.publish.render._times import clock, clock_of
from pmagent.types.documents import Citation, Locator
from pmagent.types.insights import Draft
from pmagent.types.publishing import Chapter, CitedLine, Kit, Mention


@dataclass
class _Section:
    """The lines of one part, and what they cite."""

    rows: list[str] = field(default_factory=list[str])
    cited: dict[tuple[str, int, int | None], Citation] = field(
        default_factory=dict[tuple[str, int, int | None], Citation]
    )
    abstained: str = ""

    def source(self, citation: Citation) -> str:
        """`(Nell, 4:33) [path:42]`."""
        key = (citation.path, citation.locator.first_line, citation.locator.start_ms)
        self.cited.setdefault(key, citation)
        told = [part for part in (escape(citation.speaker or ""), clock_of(citation)) if part]
        return f"({', '.join(told)}) {self.place(citation)}" if told else self.place(citation)

    def place(self, citation: Citation) -> str:
        """`[path:42]`."""
        key = (citation.path, citation.locator.first_line, citation.locator.start_ms)
        self.cited.setdefault(key, citation)
        return f"[{escape_path(citation.path)}:{citation.locator.first_line}]"

    def refuse(self, sentence: str) -> _Section:
        """Say why there is nothing here."""
        self.abstained = sentence
        self.rows.append(f"{sentence[0].upper()}{sentence[1:]}.")
        return self


def part_page(kit: Kit, part: str) -> Draft:
    """One part of the kit, a key of `PARTS`; where it holds nothing the draft says so.

    Raises:
        KeyError: there is no such part.
    """
    heading, build = PARTS[part]
    section = build(kit)
    rows = [f"# {heading}: {_name(kit)}", "", *section.rows, ""]
    title = plain(kit.transcript.document.title) or _stem(kit)
    return Draft(
        title=f"{heading}: {title}",
        markdown=_joined(rows),
        citations=tuple(section.cited.values()),
        path=f"drafts/{part}/{_stem(kit)}.md",
        abstained=section.abstained,
    )


def kit_page(kit: Kit) -> Draft:
    """All parts on one page; those that have nothing say so in a line."""
    made = [(heading, build(kit)) for heading, build in PARTS.values()]
    rows = [f"# {_name(kit)}", "", *_remarks(kit)]
    for heading, section in made:
        rows += [f"## {heading}", "", *section.rows, ""]
    cited = {key: citation for _, section in made for key, citation in section.cited.items()}
    abstained = "" if kit.transcript.turns else "nothing is said in it"
    return Draft(
        title=plain(kit.transcript.document.title) or _stem(kit),
        markdown=_joined(rows),
        citations=tuple(cited.values()),
        path=f"drafts/kits/{_stem(kit)}.md",
        abstained=abstained,
    )


def _titles(kit: Kit) -> _Section:
    section = _Section()
    if not kit.titles:
        return section.refuse("no title can be made of it")
    for number, idea in enumerate(kit.titles, start=1):
        text = plain(idea.text)
        told = [idea.kind]
        if len(text) > TITLE_CHARS:
            told.append(f"{len(text)} characters, lists cut at {TITLE_CHARS}")
        place = f" {section.source(idea.citation)}" if idea.citation else ""
        section.rows.append(f"{number}. {escape(text)} · {'; '.join(told)}{place}")
    return section


def _description(kit: Kit) -> _Section:
    section, told = _Section(), kit.description
    short, long = plain(told.short), plain(told.long)
    if not short and not long:
        return section.refuse("no description can be made of it")
    if short:
        section.rows += [f"**Short ({counted(len(short), 'character')}).** {escape(short)}", ""]
    if long:
        words = counted(len(long.split()), "word")
        section.rows += [f"**Long ({words}).** {escape(long)}", ""]
    if told.lines:
        section.rows += ["Made of:", "", *(_line(section, line) for line in told.lines)]
    return section


def _chapters(kit: Kit) -> _Section:
    section = _Section()
    if not kit.chapters:
        return section.refuse("no chapter is marked: it is too short, or keeps to one subject")
    section.rows += [_chapter(section, kit, chapter) for chapter in kit.chapters]
    if kit.suggestions:
        section.rows += ["", "Marks that were not taken, best first:", ""]
        section.rows += [_chapter(section, kit, chapter) for chapter in kit.suggestions]
    return section


def _chapter(section: _Section, kit: Kit, chapter: Chapter) -> str:
    time = ""
    if chapter.start_ms is not None:
        time = f"{'~' if chapter.is_interpolated else ''}{clock(chapter.start_ms)} "
    others = " / ".join(escape(title) for title in chapter.titles if title != chapter.title)
    told = f" · or: {others}" if others else ""
    place = section.place(_citation(kit, chapter))
    return f"- {time}**{escape(chapter.title) or 'Untitled'}** {place}{told}"


def _citation(kit: Kit, chapter: Chapter) -> Citation:
    document = kit.transcript.document
    turns = kit.transcript.turns
    line = chapter.start_line
    speaker = turns[chapter.turn].speaker if chapter.turn < len(turns) else None
    return Citation(
        path=document.path,
        locator=Locator(
            first_line=line,
            last_line=line,
            start_ms=chapter.start_ms,
            is_interpolated=chapter.is_interpolated,
        ),
        title=document.title,
        date=document.date,
        date_source=document.date_source,
        speaker=speaker,
    )


def _notes(kit: Kit) -> _Section:
    section = _Section()
    if not kit.notes:
        return section.refuse("nothing in it stands by itself well enough for a note")
    section.rows += [_line(section, line) for line in kit.notes]
    return section


def _line(section: _Section, line: CitedLine) -> str:
    return f"- {escape(line.text)} {section.source(line.citation)}"


def _quotes(kit: Kit) -> _Section:
    section = _Section()
    if not kit.quotes:
        return section.refuse("nothing in it stands by itself well enough to be quoted")
    for quote in kit.quotes:
        told = [escape(quote.citation.speaker or ""), clock_of(quote.citation)]
        source = ", ".join(part for part in told if part)
        place = section.place(quote.citation)
        section.rows += [f"> {quoted(quote.text)}", ">", f"> — {source} {place}".rstrip(), ""]
    return section


def quoted(text: str) -> str:
    """The words between quotation marks, escaped; those they bring along are not doubled."""
    words = plain(text)
    if len(words) > 1 and words[0] in '“"' and words[-1] in '”"' and "“" not in words[1:-1]:
        words = words[1:-1].strip()
    return f"“{escape(words)}”"


def _mentions(kit: Kit) -> _Section:
    section = _Section()
    if not kit.mentions:
        return section.refuse("nobody and nothing is named that is worth a link")
    section.rows += ["| Mention | Kind | Said | First | Seen before in |", "|---|---|---|---|---|"]
    section.rows += [_mention(section, mention) for mention in kit.mentions]
    return section


def _mention(section: _Section, mention: Mention) -> str:
    time = clock_of(mention.citation)
    first = f"{time} {section.place(mention.citation)}".strip()
    places = ", ".join(section.place(citation) for citation in mention.seen_before)
    # Where nobody looked, nothing is said.
    before = places or ("never" if mention.is_new else "")
    named = link(mention.text, mention.url)
    return f"| {named} | {mention.kind} | {mention.count} | {first} | {before} |"


def _promises(kit: Kit) -> _Section:
    section = _Section()
    if not kit.promises:
        return section.refuse("nothing is promised in it")
    for promise in kit.promises:
        section.rows.append(f"- {quoted(promise.text)} {section.source(promise.citation)}")
    return section


def _fresh(kit: Kit) -> _Section:
    section = _Section()
    if not kit.fresh:
        return section.refuse("the archive has spoken of all its subjects before, or there is none")
    for one in kit.fresh:
        row = f"- **{escape(one.subject)}** {section.source(one.citation)}: "
        if one.last_before is None:
            section.rows.append(f"{row}new to the archive")
        else:
            day = one.last_before.date.isoformat()
            section.rows.append(f"{row}last on {day} {section.place(one.last_before)}")
    return section


def _remarks(kit: Kit) -> Sequence[str]:
    """Beside the head of the page: what it was made from, and what to know before using it."""
    talk = kit.transcript
    size = counted(talk.words, "word")
    length = f", {clock(talk.end_ms)}" if talk.end_ms is not None else ""
    worded = "" if kit.made_by == "offline" else f" Worded by {escape(kit.made_by)}."
    rows = [f"Made of [{escape_path(talk.document.path)}:1] ({size}{length}).{worded}", ""]
    remarks = dict.fromkeys((*kit.remarks, *talk.notes))
    if remarks:
        rows += ["**Before using it**", "", *(f"- {escape(remark)}" for remark in remarks), ""]
    return rows


def _name(kit: Kit) -> str:
    return escape(kit.transcript.document.title) or escape(_stem(kit))


def _stem(kit: Kit) -> str:
    return plain(PurePosixPath(kit.transcript.document.path).stem)


def _joined(rows: Sequence[str]) -> str:
    """The lines, never two blank ones in a row."""
    kept = [row for index, row in enumerate(rows) if row or (index and rows[index - 1])]
    return "\n".join(kept).rstrip() + "\n"


PARTS: Mapping[str, tuple[str, Callable[[Kit], _Section]]] = MappingProxyType({
    "titles": ("Titles", _titles),
    "description": ("Description", _description),
    "chapters": ("Chapters", _chapters),
    "show-notes": ("Show notes", _notes),
    "quotes": ("Quotes", _quotes),
    "mentions": ("Mentions", _mentions),
    "promises": ("Promises", _promises),
    "new": ("New to the archive", _fresh),
})

FORMATS = (
    Format(
        name="kit",
        about="the whole kit as a page to work with",
        file_name="kit.md",
        media_type="text/markdown",
        make=lambda kit: Rendering(text=kit_page(kit).markdown),
        check=markdown_problems,
    ),
)
