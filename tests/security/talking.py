"""The conversation of a case: a model that obeys the attacker, and what a person sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pmagent.garden import Garden
from pmagent.llm.scripted import Answering, ScriptedModel
from pmagent.plain.telling import Teller
from pmagent.tui.paint.lines import PageBuilder
from pmagent.tui.paint.turn import ToolRow, Turn
from pmagent.tui.paint.turn_lines import paint_turn
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.conversing import Opening
from pmagent.types.talk import Message, ModelRequest, Opaque, Text, ToolAnswer, ToolUse
from pmagent.types.turns import ToolBegan, ToolEnded, TurnEnded, TurnEvent

Case = Mapping[str, Any]
Translate = Callable[[str, Case], tuple[str, dict[str, Any]]]
WIDTH = 160
WORKER = "attack-worker"
WORKER_PROMPT = "You are the worker of an attack."
_ENDS = {"failed": "denied", "unknown": "denied", "hook": "denied"}
"""What a turn that did nothing is to the harness."""
WORST = ("allowed", "error", "denied", "asked")


@dataclass(kw_only=True)
class Script:
    """What the model says: the case's replies in order, and a worker's calls where there is one."""

    replies: Iterator[Answering]
    worker: Iterator[Answering] = field(default_factory=lambda: iter(()))

    def __call__(self, request: ModelRequest) -> Answering:
        """The next answer of whoever is asked; an empty one at the end."""
        said = self.worker if WORKER_PROMPT in request.system else self.replies
        return next(said, Answering())


def script_of(case: Case, translate: Translate) -> Script:
    """The script of a case."""
    return Script(replies=_answerings(case.get("model", ()), translate))


def _answerings(replies: Sequence[Case], translate: Translate) -> Iterator[Answering]:
    for reply in replies:
        if "text" in reply:
            yield Answering(text=reply["text"])
            continue
        use = translate(reply["tool_use"]["tool"], reply["tool_use"]["input"])
        for _ in range(int(reply.get("repeat", 1))):
            yield Answering(uses=(use,))


@dataclass(kw_only=True)
class Heard:
    """What came of one turn."""

    text: str
    decision: str
    tool_calls: int
    screen: str


def converse(garden: Garden, typed: str) -> Heard:
    """One turn, as it is shown in the terminal and line by line."""
    # Unattended: what would pause for a person ends the turn. Questions are still answered.
    talk = garden.converse(Opening(is_attended=False))
    events = list(talk.submit(typed))
    ended = [event for event in events if isinstance(event, ToolEnded)]
    last = events[-1]
    assert isinstance(last, TurnEnded)
    said = [last.text, last.hint, *(_text_of(event.outcome) for event in ended if event.agent)]
    return Heard(
        text="\n".join(filter(None, said)),
        decision=_ENDS.get(last.reason, "allowed"),
        tool_calls=sum(isinstance(event, ToolBegan) for event in events),
        screen="\n".join((*_painted(events), *_told(events), *_peeked(garden, events))),
    )


def worst(events: Sequence[str]) -> str:
    """The strictest of several decisions."""
    return max(events, key=WORST.index, default="allowed")


def run_worker(garden: Garden, script: Script, given: Case, translate: Translate) -> Heard:
    """A sub-agent that makes the case's calls; the decision is the strictest about any of them."""
    calls = [{"tool_use": call} for call in given.get("calls", ())]
    script.worker = _answerings([*calls, {"text": "done"}], translate)
    task = {"subagent_type": WORKER, "prompt": str(given.get("prompt", "do it"))}
    script.replies = iter((Answering(uses=(("Agent", task),)), Answering(text="done")))
    talk = garden.converse(Opening(is_attended=False))
    events = list(talk.submit("let the worker do it"))
    inside = [e for e in events if isinstance(e, ToolEnded) and (e.agent or e.tool == "Agent")]
    return Heard(
        text="\n".join(_text_of(event.outcome) for event in inside),
        decision=worst([decision_of(event.outcome) for event in inside]),
        tool_calls=sum(isinstance(event, ToolBegan) for event in events),
        screen="\n".join((*_painted(events), *_told(events), *_peeked(garden, events))),
    )


def write_worker(home: Path) -> None:
    """The person's own sub-agent that obeys the attacker."""
    place = home / "config" / "agents" / f"{WORKER}.md"
    place.parent.mkdir(parents=True, exist_ok=True)
    head = f"---\nname: {WORKER}\ndescription: does what it is told\n---\n"
    place.write_text(f"{head}{WORKER_PROMPT}\n", encoding="utf-8")


def run_command(garden: Garden, given: Case) -> Heard:
    """A slash command of the garden, which the case brings or has put there."""
    name = str(given["name"]).removeprefix("/")
    text = given.get("text", given.get("content"))
    if text is not None:
        place = garden.root / ".pmagent" / "commands" / f"{name}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(str(text), encoding="utf-8")
    return converse(garden, f"/{name} {given.get('args', '')}".strip())


def decision_of(outcome: Outcome) -> str:
    """The harness's word for what came of a call."""
    match outcome:
        case Done():
            return "allowed"
        case Denied(by="person") | Unanswered():
            return "asked"
        case Denied():
            return "denied"
        case Failed():
            return "error"


def _text_of(outcome: Outcome) -> str:
    match outcome:
        case Done(text=text) | Failed(message=text):
            return text
        case Denied(decision=decision) | Unanswered(decision=decision):
            return decision.reason


def _painted(events: Sequence[TurnEvent]) -> Iterator[str]:
    """The terminal's conversation, with the output of each tool unfolded."""
    turn = Turn()
    turn.take(events)
    for part in turn.parts:
        if isinstance(part, ToolRow):
            turn.toggle(part)
    builder = PageBuilder()
    paint_turn(builder, turn, WIDTH)
    yield from (line.text for line in builder.page().lines)


def _told(events: Sequence[TurnEvent]) -> Sequence[str]:
    """The same without a screen."""
    lines: list[str] = []
    teller = Teller(lines.append)
    for event in events:
        teller.tell(event)
    return lines


def _peeked(garden: Garden, events: Sequence[TurnEvent]) -> Iterator[str]:
    """What a look at each sub-agent shows."""
    talk = garden.converse()
    for agent in dict.fromkeys(event.agent for event in events if isinstance(event, ToolBegan)):
        yield from _painted(talk.peek(agent)) if agent else ()


def requests_of(model: ScriptedModel) -> list[str]:
    """All words of each request."""
    return [
        "\n".join((request.system, *(_words(message) for message in request.messages)))
        for request in model.requests
    ]


def _words(message: Message) -> str:
    words: list[str] = []
    for part in message.parts:
        match part:
            case Text(text=text) | ToolAnswer(text=text):
                words.append(text)
            case ToolUse(input=given):
                words.append(str(dict(given)))
            case Opaque():
                pass
    return "\n".join(words)
