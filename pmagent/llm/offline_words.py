"""What the offline model says in its own words: short, honest about what needs a model.

It never pretends: what it did not do it says it did not do, with the command that does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from pmagent.llm.offline_turn import Cited
from pmagent.llm.routing import Choice

_TRY = (
    "`/where seat pricing` maps every mention of something",
    "`/digest FILE` puts a transcript on one page",
    "`/help` lists everything there is",
)
NEEDS_MODEL_FOR_STEPS = (
    "These are instructions to be followed step by step, and no model is chosen that could. "
    "Nothing was done. `/model` chooses one; without one, ask a question, or draft with "
    "`/digest FILE`, `/prd TOPIC` or `/interview-guide TOPIC`."
)
REFUSALS: Mapping[str, str] = {
    "send": (
        "Nothing was sent or booked: without a model I work inside this garden only. "
        "I can draft what you would send, such as `/digest FILE` or `/quotes TOPIC`."
    ),
    "change": (
        "Nothing was changed: changing files as you describe needs a model, which `/model` "
        "chooses. `/undo` takes back an earlier change, and `/read FILE` opens a file."
    ),
    "write": (
        "Writing that needs a model, which `/model` chooses. Without one I draft from your own "
        "words, each cited: `/digest FILE`, `/quotes TOPIC`, `/prd TOPIC`, "
        "`/interview-guide TOPIC`."
    ),
    "outside": (
        "That is not in a garden of notes, and I look nowhere else. Ask about what was said, "
        "decided or written in yours."
    ),
}
_PRESS: Mapping[str, str] = {
    "init": "looks at this folder and proposes AGENTS.md",
    "compact": "makes the conversation shorter for the model",
    "model": "shows the models and chooses one",
    "resume": "lists the earlier sessions and goes on with one",
    "rewind": "goes back to before an earlier message",
    "undo": "takes back the last change to files, after showing it",
    "export": "saves this conversation as Markdown or JSON",
    "copy": "copies the last answer",
    "theme": "changes the colours",
    "add": "puts that card on the board, after showing it",
    "done": "ticks that card on the board, after showing it",
}
_MANY_WORDS = 120


def is_instructions(text: str) -> bool:
    """Whether a text is written instructions, such as a command's file, not a request."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = sum(bool(re.match(r"\s*(?:#{1,6} |\d+[.)] |[-*] )", line)) for line in lines)
    return len(text.split()) > _MANY_WORDS or marked >= 3


def small_talk(kind: Literal["greeting", "thanks", "unclear"], suggestions: Sequence[str]) -> str:
    """One line and three things to try."""
    lead = {
        "greeting": "Hello. I answer from this garden, with sources and without a model.",
        "thanks": "You are welcome. What next?",
        "unclear": "I am not sure what is meant.",
    }[kind]
    tries = [f"`{line}`" for line in suggestions[:3]] if len(suggestions) > 2 else list(_TRY)
    return f"{lead} Try one of these:\n\n" + "\n".join(f"- {line}" for line in tries)


def choices(found: Sequence[Choice], *, lead: str = "I am not sure what is meant. Is it:") -> str:
    """The nearest commands, to be pressed; empty where there are none."""
    if not found:
        return ""
    return f"{lead}\n\n" + "\n".join(f"- `{choice.line}`" for choice in found)


def unknown(found: Sequence[Choice]) -> str:
    """There is no such command, and what is nearest."""
    near = " or ".join(f"`{choice.line}`" for choice in found)
    rest = f"The nearest: {near}." if near else "`/help` lists what there is."
    return f"There is no such command. {rest}"


def press(name: str, args: str) -> str:
    """Which command does it, for a person to press."""
    does = _PRESS.get(name, "does that")
    return f"`{f'/{name} {args}'.rstrip()}` {does}; press it to run it."


def no_tool(line: str) -> str:
    """What would do it, where the tool is not on offer."""
    return f"No tool for that is on offer here; `{line.strip()}` does it."


def needs_file(name: str) -> str:
    """A command was asked for without saying of what."""
    return f"Which file? Name one, such as `/{name} ep-001` or `/{name} notes/pricing.md`."


def needs_topic(name: str) -> str:
    """The same for a topic."""
    return f"On what? Name a topic, such as `/{name} cancelled bookings`."


def of_cited(shape: str, cited: Sequence[Cited]) -> str:
    """When, by whom or where the sentences of the answer before were said."""
    return "\n".join(f"- {_told(shape, one)}" for one in cited)


def _told(shape: str, one: Cited) -> str:
    place = f"[{one.place}]"
    who = one.speaker or "the file, which names no speaker"
    match shape:
        case "when":
            return f'{one.date}: "{one.words}" {place}'
        case "who":
            return f'{who}, on {one.date}: "{one.words}" {place}'
        case _:
            return f'`{one.label}`, {one.date}: "{one.words}" {place}'


def failed(tool: str, text: str) -> str:
    """What went wrong with a tool, for a person."""
    said = re.sub(
        r"\s*(?:Do not try (?:the same )?again\.?|Go on without it, and say so\.)", "", text
    )
    return (
        f"That did not work: {said.strip().rstrip('.')}."
        if said.strip()
        else (f'That did not work: "{tool}" gave nothing.')
    )
