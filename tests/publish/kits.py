"""A small talk and the kit made of it, all of it invented, in the shapes a real one comes in.

`SOURCE` is the talk as a WebVTT file; every line number in the kit points into it. A kit can be had
without times, without speakers, empty, and twelve hours long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pmagent.types import Block, Citation, Document, Parsed
from pmagent.types.documents import Locator
from pmagent.types.publishing import (
    Chapter,
    CitedLine,
    Description,
    Fresh,
    Kit,
    Mention,
    Promise,
    Quote,
    TitleIdea,
    Transcript,
    Turn,
)

PATH = "transcripts/ep-12-lighthouse-maps.vtt"
TITLE = "Lighthouse maps"
WREN, TOMAS = "Wren Adeyo", "Tomas Brill"
SPOKEN: tuple[tuple[str, int, str], ...] = (
    (WREN, 0, "Welcome back. I'm Wren Adeyo, and today we talk about maps that are wrong."),
    (TOMAS, 7, "Thank you, Wren. I have drawn harbour maps for nineteen years."),
    (WREN, 14, "Let us begin with the one that sank. What happened to the Fennick chart?"),
    (TOMAS, 95, "A depth was copied as 41 feet. It is 14, and everybody trusted the page."),
    (WREN, 181, "So who checks a chart before it is printed?"),
    (TOMAS, 188, "Nobody did. A map is a promise, and a promise needs a second pair of eyes."),
    (WREN, 320, "You built a tool for that. Tell us about Tidewater Ledger."),
    (TOMAS, 333, "It compares 3,200 soundings with the page and marks what differs."),
    (WREN, 512, "Is there a book you would hand to somebody who begins?"),
    (TOMAS, 520, "Read The Patient Cartographer. It is about doubt more than about paper."),
    (WREN, 604, "Next week we will open the lamp room itself."),
    (TOMAS, 611, "Bring a coat. Goodbye."),
)
"""Who speaks, at which second, and what is said."""
END_S = 620
_AGED = date(2031, 3, 4)


def source(spoken: Sequence[tuple[str, int, str]] = SPOKEN, *, end_s: int = END_S) -> str:
    """The talk as a WebVTT file; turn `n` stands on line `line_of(n)`."""
    ends = [start for _, start, _ in spoken[1:]] + [end_s]
    cues = (
        f"{_clock(start)} --> {_clock(end)}\n<v {speaker}>{text}\n"
        for (speaker, start, text), end in zip(spoken, ends, strict=True)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def line_of(turn: int) -> int:
    """The source line of a turn's words."""
    return 4 + 3 * turn


def transcript(*, timed: bool = True, named: bool = True) -> Transcript:
    """The talk as turns."""
    turns = tuple(
        Turn(
            text=text,
            first_line=line_of(index),
            last_line=line_of(index),
            speaker=speaker if named else None,
            start_ms=start * 1000 if timed else None,
        )
        for index, (speaker, start, text) in enumerate(SPOKEN)
    )
    notes = (() if named else ("it names no speakers",)) + (() if timed else ("it has no times",))
    return Transcript(
        document=document(turns),
        turns=turns,
        speakers=(TOMAS, WREN) if named else (),
        end_ms=END_S * 1000 if timed else None,
        notes=notes,
    )


def document(turns: Sequence[Turn], *, path: str = PATH, title: str = TITLE) -> Document:
    """The document that has these turns, a block each."""
    blocks = tuple(
        Block(
            text=turn.text,
            first_line=turn.first_line,
            speaker=turn.speaker,
            start_ms=turn.start_ms,
        )
        for turn in turns
    )
    return Document(
        path=path,
        title=title,
        date=_AGED,
        date_source="front matter",
        digest="0" * 64,
        parsed=Parsed(blocks=blocks, format="vtt"),
    )


def cite(talk: Transcript, turn: int) -> Citation:
    """Where a turn stands."""
    said = talk.turns[turn]
    return Citation(
        path=talk.document.path,
        locator=Locator(
            first_line=said.first_line,
            last_line=said.last_line,
            start_ms=said.start_ms,
            is_interpolated=said.is_interpolated,
        ),
        title=talk.document.title,
        date=talk.document.date,
        date_source=talk.document.date_source,
        speaker=said.speaker,
    )


def elsewhere(path: str, line: int, *, start_ms: int | None = None) -> Citation:
    """A place in another document of the archive."""
    return Citation(
        path=path,
        locator=Locator(first_line=line, last_line=line, start_ms=start_ms),
        title=path.rpartition("/")[2].rpartition(".")[0],
        date=date(2030, 11, 20),
        date_source="front matter",
        speaker=None,
    )


def kit(*, timed: bool = True, named: bool = True) -> Kit:
    """Everything a kit can hold."""
    talk = transcript(timed=timed, named=named)
    return Kit(
        transcript=talk,
        titles=_titles(talk),
        description=_description(talk),
        chapters=chapters(talk, (0, 2, 4, 6, 8), _CHAPTERS),
        suggestions=chapters(talk, (10,), ("The lamp room",)),
        notes=(
            CitedLine(text="A depth was copied as 41 feet.", citation=cite(talk, 3)),
            CitedLine(text="It is 14, and everybody trusted the page.", citation=cite(talk, 3)),
            CitedLine(
                text="Tidewater Ledger compares 3,200 soundings with the page.",
                citation=cite(talk, 7),
                source="It compares 3,200 soundings with the page and marks what differs.",
            ),
        ),
        quotes=tuple(Quote(text=SPOKEN[n][2], citation=cite(talk, n)) for n in (5, 9)),
        mentions=_mentions(talk),
        promises=(Promise(text=SPOKEN[10][2], citation=cite(talk, 10)),),
        fresh=(
            Fresh(subject="soundings", citation=cite(talk, 7)),
            Fresh(
                subject="Fennick chart",
                citation=cite(talk, 2),
                last_before=elsewhere("notes/harbours.md", 18),
            ),
        ),
        remarks=("two names are said once only: check how they are spelled", *talk.notes),
    )


def chapters(talk: Transcript, turns: Sequence[int], titles: Sequence[str]) -> tuple[Chapter, ...]:
    """A chapter at each turn."""
    return tuple(
        Chapter(
            turn=turn,
            start_line=talk.turns[turn].first_line,
            start_ms=talk.turns[turn].start_ms,
            is_interpolated=talk.turns[turn].is_interpolated,
            title=title,
            titles=(f"{title}, told again",),
            strength=0.75,
        )
        for turn, title in zip(turns, titles, strict=True)
    )


def empty_kit() -> Kit:
    """What is made of a transcript in which nothing is said."""
    return Kit(
        transcript=Transcript(document=document(()), turns=(), notes=("nothing is said in it",)),
        remarks=("nothing is said in it",),
    )


def long_kit(*, hours: int = 12) -> Kit:
    """A talk of many hours: a turn a minute, a chapter every twenty."""
    turns = tuple(
        Turn(
            text=f"This is minute {minute}, and the tide stands at {minute % 17} feet.",
            first_line=line_of(minute),
            last_line=line_of(minute),
            speaker=(WREN, TOMAS)[minute % 2],
            start_ms=minute * 60_000,
        )
        for minute in range(hours * 60)
    )
    talk = Transcript(
        document=document(turns, path="transcripts/ep-13-long-watch.vtt", title="The long watch"),
        turns=turns,
        speakers=(WREN, TOMAS),
        end_ms=hours * 3_600_000,
    )
    marks = range(0, len(turns), 20)
    return replace(
        Kit(transcript=talk),
        titles=(TitleIdea(text="The long watch", kind="subject"),),
        description=_description(talk),
        chapters=chapters(talk, marks, [f"Watch {index + 1}" for index in range(len(marks))]),
        notes=tuple(CitedLine(text=turns[n].text, citation=cite(talk, n)) for n in marks),
        quotes=(Quote(text=turns[-1].text, citation=cite(talk, len(turns) - 1)),),
    )


_CHAPTERS = (
    "Maps that are wrong",
    "The Fennick chart",
    "Who checks a chart",
    "Tidewater Ledger",
    "A book for beginners",
)


def _titles(talk: Transcript) -> tuple[TitleIdea, ...]:
    return (
        TitleIdea(text="Maps that are wrong", kind="subject"),
        TitleIdea(
            text="Who checks a chart before it is printed?", kind="question", citation=cite(talk, 4)
        ),
        TitleIdea(text="“A map is a promise”", kind="quote", citation=cite(talk, 5)),
        TitleIdea(text="Nobody did: how a chart sinks a ship", kind="claim"),
        TitleIdea(text="Tomas Brill on charts and doubt", kind="people"),
    )


def _description(talk: Transcript) -> Description:
    lines = tuple(CitedLine(text=talk.turns[n].text, citation=cite(talk, n)) for n in (3, 5, 7))
    return Description(
        short="How a depth of 14 feet became 41, and who checks a chart.",
        long=" ".join(line.text for line in lines),
        lines=lines,
    )


def _mentions(talk: Transcript) -> tuple[Mention, ...]:
    return (
        Mention(
            text="Tidewater Ledger",
            kind="tool",
            count=2,
            citation=cite(talk, 6),
            url="https://tidewater.example/ledger?a=1&b=2",
            seen_before=(
                elsewhere("transcripts/ep-09-ink.vtt", 31, start_ms=754_000),
                elsewhere("notes/tools.md", 4),
            ),
            score=0.9,
        ),
        Mention(
            text="The Patient Cartographer",
            kind="book",
            count=1,
            citation=cite(talk, 9),
            score=0.7,
            is_new=True,
        ),
        Mention(text="Fennick", kind="thing", count=1, citation=cite(talk, 2), score=0.4),
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"
