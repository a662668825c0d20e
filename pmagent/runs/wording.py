"""One step of a procedure in a model's hands: what it is shown, and what of its answer holds.

It is shown the values that the step names and nothing else. An answer is held against its form and
against those values: what it names, quotes or counts that they do not is a problem, said in words
that the model can mend it by.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pmagent.agent.structured import Reply, ask_for_json
from pmagent.agent.tool_answers import as_data, note
from pmagent.procedures.language.shapes import check_value, schema_of, shape_text
from pmagent.publish.grounding.inventions import Invention, read_grounds
from pmagent.types.actions import Json
from pmagent.types.procedures import Scalar, Shape
from pmagent.types.talk import Message, Model, ModelRequest, Text, Usage

MOST_CHARACTERS = 200_000
"""Of all the values that one step shows, about 50,000 tokens."""
MOST_ASSUMPTIONS = 5
MOST_PROBLEMS = 12
"""Told one by one."""
_LONGEST_ASSUMPTION = 200
_MOST_TOKENS = 8_192
_SHARE = 0.6
"""Of a model's context that the values may fill."""
_CHARACTERS_A_TOKEN = 4
_NAMES = ("value", "abstain")
_MARK = re.compile(r"\[\^(?P<path>[^\]\n]{1,400}):(?P<line>\d{1,7})(?:-\d{1,7})?\]")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What one step asks of a model."""

    procedure: str
    guidance: str
    prose: str
    values: Mapping[str, Json]
    """By name: all that it may see."""
    shape: Shape
    good: tuple[str, ...] = ()
    """What a good result looks like."""


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """A value, not yet looked at."""

    value: Json
    usage: Usage
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotWritten:
    """No value, and why: the end of a sentence that begins with "the model"."""

    why: str
    usage: Usage
    is_abstention: bool = False
    """The model itself says that the values do not hold enough."""


CountLines = Callable[[str], int]
"""How many lines a document has; 0 where it is none that may be opened."""


def no_lines(path: str) -> int:
    """No document can be opened."""
    del path
    return 0


def write_value(
    model: Model,
    task: Task,
    problems: Sequence[str] = (),
    before: Json = None,
    stop: Callable[[], bool] = lambda: False,
) -> Wrote | NotWritten:
    """What the model makes of a task; `problems` are what was wrong with its answer `before`."""
    request = _request(task, model, problems, before)
    reply = ask_for_json(model, request, stop, names=_NAMES)
    return _read(reply)


def find_problems(
    value: Json, shape: Shape, values: Mapping[str, Json], count_lines: CountLines = no_lines
) -> tuple[str, ...]:
    """What of a model's value does not hold, in words; none where all does.

    Looks at its form, at what it names, quotes and counts, and at each citation. A document that
    an earlier step has cited may be cited again, where `count_lines` can open it.
    """
    found = list(check_value(value, shape))
    texts = list(_texts_of(values))
    grounds = read_grounds([text for text, _ in texts])
    for text in _leaves(value):
        told = [_told(one) for one in grounds.inventions(_MARK.sub("", text))]
        found.extend(told)
    if isinstance(shape, Scalar) and shape.kind == "cited_text" and isinstance(value, str):
        found.extend(_uncited(value, values, count_lines))
    return tuple(dict.fromkeys(found))[:MOST_PROBLEMS]


def _read(reply: Reply) -> Wrote | NotWritten:
    if reply.value is None:
        return NotWritten(why=reply.problem, usage=reply.usage)
    abstained = reply.value.get("abstain")
    if isinstance(abstained, str) and abstained.strip() and "value" not in reply.value:
        said = " ".join(abstained.split())[:_LONGEST_ASSUMPTION]
        return NotWritten(why=f"abstained: {said}", usage=reply.usage, is_abstention=True)
    if "value" not in reply.value:
        return NotWritten(why="gave no value", usage=reply.usage)
    assumed = reply.value.get("assumptions")
    listed = assumed if isinstance(assumed, list) else []
    short = [" ".join(one.split())[:_LONGEST_ASSUMPTION] for one in listed if isinstance(one, str)]
    return Wrote(
        value=reply.value["value"],
        usage=reply.usage,
        assumptions=tuple(short[:MOST_ASSUMPTIONS]),
    )


def _request(task: Task, model: Model, problems: Sequence[str], before: Json) -> ModelRequest:
    card = model.card
    room = min(MOST_CHARACTERS, int(card.context_tokens * _SHARE) * _CHARACTERS_A_TOKEN)
    parts = [
        note(f"The procedure is /{task.procedure}.").text,
        f"# Standing guidance\n{task.guidance.strip() or 'None.'}",
        f"# The step\n{task.prose.strip()}",
        f"# The result\nA value of the form `{shape_text(task.shape)}`.",
    ]
    if task.good:
        parts.append("# Good looks like\n" + "\n".join(f"- {one}" for one in task.good))
    parts.append("# The values")
    parts.extend(_shown(task.values, room))
    messages = [Message(role="user", parts=(Text(text="\n\n".join(parts)),))]
    if problems:
        said = json.dumps({"value": before}, ensure_ascii=False)
        listed = "\n".join(f"- {one}" for one in problems)
        again = note(f"This cannot be used:\n{listed}\nGive the whole result again, mended.")
        messages.append(Message(role="assistant", parts=(Text(text=said),)))
        messages.append(Message(role="user", parts=(again,)))
    return ModelRequest(
        system=_prompt(),
        messages=tuple(messages),
        max_tokens=min(_MOST_TOKENS, card.max_output_tokens, max(256, card.context_tokens // 3)),
        output_schema=_schema(task.shape),
    )


def _schema(shape: Shape) -> Mapping[str, Json]:
    listed: dict[str, Json] = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "properties": {
            "value": schema_of(shape),
            "assumptions": listed,
            "abstain": {"type": "string"},
        },
        "additionalProperties": False,
    }


def _shown(values: Mapping[str, Json], room: int) -> Iterator[str]:
    """Each value in a block of its own; the longest are cut where all do not fit."""
    texts = {name: show_value(value) for name, value in values.items()}
    limit = room
    while texts and sum(min(len(text), limit) for text in texts.values()) > room:
        limit = int(limit * 0.8)
    for name, text in texts.items():
        cut = "" if len(text) <= limit else f"\n[cut: {len(text) - limit:,} characters more]"
        yield as_data(text[:limit] + cut, source=name)


def show_value(value: Json) -> str:
    """A value as a model reads it: a document with its lines numbered, all else as JSON."""
    if isinstance(value, Mapping) and value.get("kind") == "document":
        lines = value.get("lines")
        listed = lines if isinstance(lines, list) else []
        numbered = (f"{number}: {line}" for number, line in enumerate(listed, start=1))
        return f"path: {value.get('path')}\n" + "\n".join(numbered)
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1)


# -- what holds ------------------------------------------------------------------------------------


def _texts_of(values: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Every text in the values, with the name it stands under."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value.get("kind") == "document":
            yield str(value.get("text", "")), name
            yield str(value.get("title", "")), name
            # Who speaks stands in the lines of a transcript, and not in its words.
            lines = value.get("lines")
            yield "\n".join(map(str, lines if isinstance(lines, list) else ())), name
            continue
        for text in _leaves(value):
            yield text, name


def _leaves(value: Json) -> Iterator[str]:
    """The texts and numbers in a value."""
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            yield str(value)
        case Mapping():
            for member in value.values():
                yield from _leaves(member)
        case _:
            for item in value:
                yield from _leaves(item)


def _told(one: Invention) -> str:
    what = {"quote": "the quotation", "address": "the address"}.get(one.kind, f"the {one.kind}")
    return f"{what} “{one.text}” stands in none of the values"


def _uncited(text: str, values: Mapping[str, Json], count_lines: CountLines) -> Iterator[str]:
    """Lines without a mark, and marks that lead nowhere."""
    known = _lines_of(values, count_lines)
    for number, line in enumerate(text.split("\n"), start=1):
        said = _BULLET.sub("", line).strip()
        if not said or _HEADING.match(line):
            continue
        marks = list(_MARK.finditer(said))
        if not marks:
            yield f"line {number} has no citation: “{said[:60]}”"
        for mark in marks:
            lines = known.get(mark["path"])
            if lines is None:
                yield f'line {number} cites "{mark["path"]}", which is none of the values'
            elif not 1 <= int(mark["line"]) <= lines:
                cited = f'line {mark["line"]} of "{mark["path"]}"'
                yield f"line {number} cites {cited}, which has {lines}"


def _lines_of(values: Mapping[str, Json], count_lines: CountLines) -> Mapping[str, int]:
    """How many lines each document has; those that earlier steps cite may be cited again.

    A mark alone proves nothing: it may stand in the words of a transcript.
    """
    found: dict[str, int] = {}
    for value in values.values():
        if isinstance(value, Mapping) and value.get("kind") == "document":
            lines = value.get("lines")
            found[str(value.get("path"))] = len(lines) if isinstance(lines, list) else 0
    others = {name: value for name, value in values.items() if not _is_document(value)}
    cited = {mark["path"] for text, _ in _texts_of(others) for mark in _MARK.finditer(text)}
    for path in sorted(cited - found.keys()):
        if count := count_lines(path):
            found[path] = count
    return found


def _is_document(value: Json) -> bool:
    return isinstance(value, Mapping) and value.get("kind") == "document"


@cache
def _prompt() -> str:
    """The shipped prompt."""
    return (pkgutil.get_data("pmagent.runs", "step.md") or b"").decode("utf-8")
