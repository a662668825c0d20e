"""What was asked in the turn that is open, what was done for it, and what stood before.

Reads only messages: the offline model keeps nothing between requests. Words of pmagent's own and
quoted data inside a person's message are not what they asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.types.talk import Message, Text, ToolAnswer, ToolUse

_OURS = re.compile(
    r"<pmagent-(?P<kind>note|data)\b[^>]*>.*?</pmagent-(?P=kind)>", re.DOTALL | re.IGNORECASE
)
_BLOCK = re.compile(
    r"\A\s*<pmagent-data\b[^>]*>\n?(?P<inside>.*?)\n?</pmagent-data>\s*\Z",
    re.DOTALL | re.IGNORECASE,
)
_SHUT = re.compile(r"&lt;(?=/?\s*pmagent-(?:note|data))", re.IGNORECASE)
_PLACE = re.compile(
    r"\[(?P<bracketed>[^\[\]\s]+\.\w{2,8}):(?P<line>\d+)(?:-\d+)?\]"
    r"|`(?P<code>[^`\s]+\.\w{2,8})(?: ~?(?P<time>\d{1,3}:\d\d:\d\d)| L(?P<at>\d+)| p\. \d+)?`"
)
_SOURCE = re.compile(
    r"(?m)^(?P<number>\d{1,2})\.\s+`(?P<label>[^`]+)`,?\s+(?:L(?P<line>\d+),\s+)?"
    r"(?P<date>\d{4}-\d\d-\d\d)"
)
_NUMBERED = re.compile(r"(?s)(?P<said>\S.*?)\s\[(?P<number>\d{1,2})\](?=\s|\Z)")
_SPEAKER = re.compile(r"^(?P<speaker>[^\W\d_][^:\n]{0,40}): (?P<words>.+)$", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Done:
    """One use of a tool and its answer."""

    use: ToolUse
    answer: ToolAnswer


@dataclass(frozen=True, kw_only=True)
class Open:
    """The turn that is open."""

    asked: tuple[str, ...]
    """What the person said in it, in order; more than once where they spoke in between."""
    done: tuple[Done, ...]
    earlier: tuple[str, ...]
    """What they asked in the turns before, latest first."""
    answers: tuple[str, ...]
    """The answers of those turns, latest first."""

    @property
    def last_answer(self) -> str:
        """The words of the answer before; empty where there is none."""
        return self.answers[0] if self.answers else ""


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One sentence of an answer that was given, and where it stands."""

    words: str
    speaker: str
    label: str
    """The file with the time or line as it was shown."""
    line: int | None
    date: str

    @property
    def place(self) -> str:
        """Such as `notes/pricing.md:42`, which the reader opens."""
        path = re.sub(r" (?:~?\d{1,3}:\d\d:\d\d|L\d+|p\. \d+)$", "", self.label)
        at = re.search(r" L(\d+)$", self.label)
        line = self.line or (int(at[1]) if at else None)
        return f"{path}:{line}" if line else path


def read_open(messages: Sequence[Message]) -> Open:
    """The turn behind the last answer that used no tool."""
    ends = [
        place
        for place, message in enumerate(messages)
        if message.role == "assistant" and not message.uses
    ]
    start = ends[-1] + 1 if ends else 0
    before, turn = messages[:start], messages[start:]
    answers = {
        part.id: part for message in turn for part in message.parts if isinstance(part, ToolAnswer)
    }
    uses = (use for message in turn for use in message.uses)
    said = [words_of(message) for message in before if message.role == "user"]
    return Open(
        asked=tuple(words for words in map(words_of, _of_person(turn)) if words),
        done=tuple(Done(use=use, answer=answers[use.id]) for use in uses if use.id in answers),
        earlier=tuple(words for words in reversed(said) if words),
        answers=tuple(m.text for m in reversed(before) if m.role == "assistant" and m.text),
    )


def words_of(message: Message) -> str:
    """What the person says in a message, without pmagent's own words and without data."""
    return "\n".join(
        text
        for part in message.parts
        if isinstance(part, Text) and (text := _OURS.sub("", part.text).strip())
    )


def shown_of(answer: ToolAnswer) -> str:
    """What a tool gave, as a person reads it: out of its block."""
    whole = answer.data.get("markdown")
    if isinstance(whole, str) and whole.strip():
        return whole.strip()
    found = _BLOCK.match(answer.text)
    return _SHUT.sub("<", found["inside"] if found else answer.text).strip()


def places_of(text: str) -> tuple[str, ...]:
    """The places cited in an answer, each once, in order, as the reader opens them."""
    found: dict[str, None] = {}
    for match in _PLACE.finditer(text):
        if match["bracketed"]:
            found[f"{match['bracketed']}:{match['line']}"] = None
        else:
            tail = f"#{match['time']}" if match["time"] else ""
            found[match["code"] + (tail or (f":{match['at']}" if match["at"] else ""))] = None
    return tuple(found)


def cited_in(text: str) -> tuple[Cited, ...]:
    """The numbered sentences of an answer from the archive, with their sources."""
    said, _, listed = text.partition("\nSources\n")
    sources = {
        found["number"]: found for found in _SOURCE.finditer(re.sub(r"\n(?=\s)", " ", listed))
    }
    return tuple(_cited_of(said, sources))


def _cited_of(said: str, sources: dict[str, re.Match[str]]) -> Iterator[Cited]:
    for found in _NUMBERED.finditer(said.strip()):
        source = sources.get(found["number"])
        if source is None:
            continue
        words = " ".join(found["said"].split())
        spoken = _SPEAKER.match(words)
        yield Cited(
            words=spoken["words"] if spoken else words,
            speaker=spoken["speaker"] if spoken else "",
            label=source["label"],
            line=int(source["line"]) if source["line"] else None,
            date=source["date"],
        )


def _of_person(turn: Sequence[Message]) -> Iterator[Message]:
    return (message for message in turn if message.role == "user")
