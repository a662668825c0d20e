"""What a model reads of a tool's outcome, and message lists that every provider takes.

What a tool gives is data: it stands in a marked block that its own text cannot leave, and is cut
where it is long, with a word on how to read more. Every use of a tool has exactly one answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pmagent.types.actions import Denied, Done, Failed, Json, Outcome, Unanswered
from pmagent.types.talk import Text, ToolAnswer, ToolUse

MOST_CHARACTERS = 40_000
"""Of one answer, about 10,000 tokens."""
NOTE = "pmagent-note"
DATA = "pmagent-data"
STOPPED = "not run: stopped by the person"
_OURS = re.compile(rf"<(?=/?\s*(?:{NOTE}|{DATA}))", re.IGNORECASE)
_SYSTEM_TAGS = re.compile(
    r"<(?=\s*/?\s*(?:\w+:)?(?:system|pmagent|claude|assistant|user|human|developer|instructions?"
    r"|function_calls|function_results?|invoke|parameter|tool_use|tool_result|tool|result"
    r"|important|admin|hook)(?:[-_]\w+)*\b)"
    r"|\[(?=\s*/?\s*(?:inst|system)\b)|<(?=\|)|(?m:^)(?=\s*(?:human|assistant|system)\s*:)",
    re.IGNORECASE,
)


def note(text: str) -> Text:
    """A word of pmagent's own to the model, inside what a person or a tool says."""
    return Text(text=f"<{NOTE}>{_shut(text)}</{NOTE}>")


def as_data(text: str, *, source: str, about: str = "") -> str:
    """Text of others in a block that it cannot close."""
    of = f' about="{_attribute(about)}"' if about else ""
    return f'<{DATA} from="{_attribute(source)}"{of}>\n{_shut(text)}\n</{DATA}>'


def answer_of(use: ToolUse, outcome: Outcome, *, about: str = "") -> ToolAnswer:
    """What the model reads of an outcome."""
    match outcome:
        case Done(text=text, data=data):
            shown = as_data(clip(text), source=use.tool, about=about)
            return ToolAnswer(id=use.id, text=shown, data=data)
        case Denied(decision=decision, note=note_, by=by):
            who = {"person": "the person said no", "hook": "a hook refused"}.get(by, "refused")
            said = f"not run: {who}: {decision.reason}" + (f"; {note_}" if note_ else "")
            return _error(use, f"{said}. Do not try the same again.", kind="denied")
        case Unanswered(decision=decision):
            said = f"not run: {decision.reason}, and nobody answered"
            return _error(use, f"{said}. Go on without it, and say so.", kind="unanswered")
        case Failed(message=message, hint=hint, can_retry=can_retry):
            said = f"{message}; {hint}" if hint else message
            return _error(use, said if can_retry else f"{said}. Do not try again.", kind="failed")


def not_run(use: ToolUse, why: str) -> ToolAnswer:
    """The answer to a use that never reached its tool."""
    return _error(use, why, kind="not run")


def clip(text: str, limit: int = MOST_CHARACTERS) -> str:
    """`text`, cut at a line where it is long, with how to read more."""
    if len(text) <= limit:
        return text
    kept = text[:limit].rpartition("\n")[0] or text[:limit]
    return (
        f"{kept}\n[cut: {len(text) - len(kept):,} of {len(text):,} characters are left out; "
        "ask for less at once, with an offset and a limit or a narrower pattern]"
    )


def of_subagent(text: str) -> str:
    """What a sub-agent hands back, so that nothing in it passes for the system's words.

    It may repeat what it read: tags and role marks that look like the system's lose their shape.
    """
    return clip(_SYSTEM_TAGS.sub(_harmless, text))


def _error(use: ToolUse, text: str, *, kind: str) -> ToolAnswer:
    data: Mapping[str, Json] = {"problem": kind}
    return ToolAnswer(id=use.id, text=_shut(clip(text)), is_error=True, data=data)


def _shut(text: str) -> str:
    """`text` without anything that could open or close a block of ours."""
    return _OURS.sub("&lt;", text)


def _attribute(text: str) -> str:
    line = " ".join(text.split())[:300]
    return line.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _harmless(match: re.Match[str]) -> str:
    return {"<": "&lt;", "[": "("}.get(match.group(), "| ")
