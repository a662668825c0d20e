"""What a model is sent, kept within what it can take: clip, then summarise, then drop.

The instructions are not part of this: they are sent whole with every request. What is left out of
the conversation is said in it. Cuts fall between steps, so that no use of a tool loses its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pmagent.agent.tool_answers import note
from pmagent.types.talk import Message, ModelCard, Opaque, Text, ToolAnswer, ToolSpec, ToolUse
from pmagent.types.turns import ContextRow, ContextView

CHARACTERS_A_TOKEN = 4
FULL = 0.8
"""Of what may be read; beyond, something is left out."""
AIM = 0.5
"""What is kept after something was left out."""
OLD_ANSWER = 600
"""Characters that are kept of a tool's answer once it is old."""
FRESH_STEPS = 2
"""The newest messages with answers of tools, which are kept whole."""
GOAL_CHARACTERS = 6_000

Summarise = Callable[[Sequence[Message]], str]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the instructions, sent whole with every request."""

    name: str
    """As the context view shows it: `instructions`, `AGENTS.md`, `memory`, `trust`."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Shortened:
    """A conversation after something was left out."""

    messages: tuple[Message, ...]
    says: str
    """What was done, in one sentence."""
    summary: str = ""
    """What stands for the older part; empty where nothing was summarised."""


def joined(sections: Sequence[Section]) -> str:
    """The system part: the same sections give the same bytes."""
    return "\n\n".join(section.text for section in sections if section.text)


def size_of(messages: Sequence[Message]) -> int:
    """About how many tokens messages have."""
    return sum(_characters(message) for message in messages) // CHARACTERS_A_TOKEN


def room_of(card: ModelCard, sections: Sequence[Section], tools: Sequence[ToolSpec]) -> int:
    """Tokens that the conversation may have with this model."""
    fixed = len(joined(sections)) + sum(map(_spec_characters, tools))
    output = min(card.max_output_tokens, card.context_tokens // 4)
    return max(1_000, card.context_tokens - output - fixed // CHARACTERS_A_TOKEN)


def clip_old(messages: Sequence[Message]) -> Shortened | None:
    """The older answers of tools cut short; None where there is nothing to cut."""
    with_answers = [place for place, message in enumerate(messages) if _has_answers(message)]
    old = set(with_answers[:-FRESH_STEPS])
    clipped = 0
    kept: list[Message] = []
    for place, message in enumerate(messages):
        if place in old:
            parts = tuple(_clipped(p) if isinstance(p, ToolAnswer) else p for p in message.parts)
            clipped += sum(new is not part for new, part in zip(parts, message.parts, strict=True))
            message = replace(message, parts=parts)
        kept.append(message)
    if not clipped:
        return None
    says = f"{clipped} older results of tools were cut short"
    return Shortened(messages=tuple(kept), says=says)


def summarise(
    messages: Sequence[Message], room: int, write: Summarise, *, least: int = 0
) -> Shortened | None:
    """The older part told as a summary; None where there is no older part.

    `least` is how many messages at the end stay in any case.
    """
    place = _cut_at(messages, int(room * AIM), least)
    if place == 0:
        return None
    older = messages[:place]
    text = write(older)
    head = Message(role="user", parts=(note(f"What was said before, in short:\n{text}"),))
    says = f"{len(older)} older messages were summarised"
    return Shortened(messages=(head, *messages[place:]), says=says, summary=text)


def drop(messages: Sequence[Message], room: int) -> Shortened | None:
    """Without the oldest part; None where nothing can go."""
    place = _cut_at(messages, int(room * AIM), 0) or _next_cut(messages, 1)
    if not 0 < place < len(messages):
        return None
    goal = _clip_text(_goal(messages), GOAL_CHARACTERS)
    said = f"{place} older messages were left out. The person asked:\n{goal}"
    head = Message(role="user", parts=(note(said),))
    return Shortened(
        messages=(head, *messages[place:]), says=f"{place} older messages were left out"
    )


def view_context(
    card: ModelCard,
    sections: Sequence[Section],
    tools: Sequence[ToolSpec],
    messages: Sequence[Message],
    *,
    scale: float = 1.0,
) -> ContextView:
    """What the model would be sent now, by parts. `scale` is what the latest count says of ours."""
    rows: list[ContextRow] = []

    def add(name: str, characters: int, said: str = "") -> None:
        tokens = round(characters / CHARACTERS_A_TOKEN * scale)
        rows.append(ContextRow(name=name, tokens=tokens, note=said))

    for section in sections:
        add(section.name, len(section.text), "sent whole every time")
    add("tools", sum(map(_spec_characters, tools)), f"{len(tools)} tools")
    results = sum(_characters(m, only_answers=True) for m in messages)
    add("conversation", sum(map(_characters, messages)) - results, f"{len(messages)} messages")
    add("results", results, "what tools gave")
    used = sum(row.tokens for row in rows)
    rows.append(ContextRow(name="free", tokens=max(0, card.context_tokens - used)))
    return ContextView(rows=tuple(rows), limit_tokens=card.context_tokens)


def _cut_at(messages: Sequence[Message], aim: int, least: int) -> int:
    """The first place from which on what follows fits `aim`; 0 where there is none before it."""
    total = 0
    place = len(messages)
    latest = max(0, len(messages) - least)
    for at in range(len(messages) - 1, -1, -1):
        total += _characters(messages[at]) // CHARACTERS_A_TOKEN
        if total > aim and place < len(messages) and place <= latest:
            break
        if _may_cut(messages, at):
            place = at
    return 0 if place >= len(messages) else place


def _next_cut(messages: Sequence[Message], start: int) -> int:
    return next((at for at in range(start, len(messages)) if _may_cut(messages, at)), 0)


def _may_cut(messages: Sequence[Message], at: int) -> bool:
    """Whether what stands before `at` is whole: no answer follows that belongs to it."""
    return not _has_answers(messages[at])


def _has_answers(message: Message) -> bool:
    return any(isinstance(part, ToolAnswer) for part in message.parts)


def _goal(messages: Sequence[Message]) -> str:
    asked = [m.text for m in messages if m.role == "user" and not _has_answers(m) and m.text]
    return asked[-1] if asked else ""


def _clipped(answer: ToolAnswer) -> ToolAnswer:
    if len(answer.text) <= OLD_ANSWER:
        return answer
    text = _clip_text(answer.text, OLD_ANSWER)
    left = f"[{len(answer.text) - len(text):,} more characters; use the tool again to read them]"
    return replace(answer, text=f"{text}\n{left}", data={})


def _clip_text(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rstrip() + " …"


def _characters(message: Message, *, only_answers: bool = False) -> int:
    count = 0
    for part in message.parts:
        match part:
            case ToolAnswer(text=text):
                count += len(text)
            case _ if only_answers:
                continue
            case Text(text=text):
                count += len(text)
            case ToolUse(tool=tool, input=given):
                count += len(tool) + len(str(dict(given)))
            case Opaque(data=data):
                count += len(str(dict(data)))
    return count


def _spec_characters(spec: ToolSpec) -> int:
    return len(spec.name) + len(spec.description) + len(str(spec.schema))
