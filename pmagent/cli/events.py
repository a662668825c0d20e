"""A turn's events as text, as one JSON object or as a stream of them, for whoever runs it unseen.

The result goes to stdout, everything else to stderr. The JSON has the keys of Claude Code's
headless mode, so that scripts written for it go on working; keys of ours are added beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pmagent.cli import as_json, codes
from pmagent.cli.run_values import run_values
from pmagent.commands.replies import reply_markdown
from pmagent.safe_text import safe_text
from pmagent.types import Abstention, Answer, Map
from pmagent.types.actions import Ask, Denied, Done, Json, Outcome, Unanswered
from pmagent.types.talk import Usage
from pmagent.types.turns import (
    EndReason,
    Found,
    Noted,
    Said,
    Screen,
    ToolBegan,
    ToolEnded,
    TurnBegan,
    TurnEnded,
    TurnEvent,
)

Format = Literal["text", "json", "stream-json"]
_SUBTYPES: Mapping[EndReason, str] = {
    "done": "success",
    "steps": "error_max_turns",
    "cost": "error_max_budget_usd",
}
_STOP_REASONS: Mapping[EndReason, str] = {
    "done": "end_turn",
    "cut": "max_tokens",
    "refused": "refusal",
}
_UNSAFE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True)
class Refused:
    """One use of a tool that did not happen, because a rule or nobody let it."""

    began: ToolBegan | None
    tool: str
    call_id: str
    outcome: Denied | Unanswered


@dataclass
class Heard:
    """What a turn has said so far, and how it ended."""

    began: TurnBegan | None = None
    ended: TurnEnded | None = None
    notes: list[Noted] = field(default_factory=list[Noted])
    replies: list[Answer | Abstention | Map] = field(
        default_factory=list["Answer | Abstention | Map"]
    )
    refused: list[Refused] = field(default_factory=list[Refused])
    last_outcome: Outcome | None = None
    _uses: dict[str, ToolBegan] = field(default_factory=dict[str, ToolBegan])
    _words: list[str] = field(default_factory=list[str])
    _asides: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _blocks: list[str] = field(default_factory=list[str])

    def hear(self, event: TurnEvent) -> None:
        """Take in the next event."""
        match event:
            case TurnBegan():
                self.began = event
            case Said(text=text, agent=""):
                self._words.append(text)
            case Found(reply=reply, is_first=False):
                self.replies.append(reply)
                self._add(reply_markdown(reply))
            case Screen(text=text) if text:
                self._add(text)
            case Noted():
                self.notes.append(event)
            case ToolBegan():
                self._uses[event.call_id] = event
                self._put_aside(event)
            case ToolEnded():
                self._hear_outcome(event)
            case TurnEnded():
                self.ended = event
            case _:
                pass

    @property
    def result(self) -> str:
        """The answer as Markdown, safe to show.

        What a model says before it uses a tool is said on the way: it is left out where there is
        anything after it, and kept where the turn was cut off.
        """
        blocks = [*self._blocks, *self._pending()]
        is_whole = self.ended is not None and not self.ended.is_partial
        if not is_whole or not blocks:
            blocks = self._with_asides()
        text = "\n\n".join(blocks) or (self.ended.text if self.ended else "")
        return safe_text(text.strip("\n"), newlines=True)

    @property
    def is_abstention(self) -> bool:
        """Whether the archive does not say it, and nothing else was said."""
        if isinstance(self.last_outcome, Done) and self.last_outcome.data.get("abstained"):
            # A command's own work; a model that has used one goes on and answers by itself.
            return self.began is not None and self.began.model in {"", "offline"}
        return bool(self.replies) and isinstance(self.replies[-1], Abstention) and not self._words

    def _add(self, block: str) -> None:
        self._blocks.extend(self._pending())
        self._words.clear()
        self._blocks.append(block.strip("\n"))

    def _pending(self) -> list[str]:
        words = "".join(self._words).strip("\n")
        return [words] if words.strip() else []

    def _put_aside(self, event: ToolBegan) -> None:
        if not event.agent:
            self._asides.extend((len(self._blocks), words) for words in self._pending())
            self._words.clear()

    def _with_asides(self) -> list[str]:
        """All that was said, in the order it was said."""
        whole: list[str] = []
        for place, block in enumerate([*self._blocks, *self._pending(), ""]):
            whole.extend(words for at, words in self._asides if at == place)
            if block:
                whole.append(block)
        return whole

    def _hear_outcome(self, event: ToolEnded) -> None:
        if not event.agent:
            self.last_outcome = event.outcome
        match event.outcome:
            case Denied() | Unanswered() as outcome:
                began = self._uses.get(event.call_id)
                self.refused.append(Refused(began, event.tool, event.call_id, outcome))
            case _:
                pass


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who answers, and where."""

    session_id: str
    model: str
    context_tokens: int = 0
    cwd: str = ""
    tools: Sequence[str] = ()
    commands: Sequence[str] = ()
    agents: Sequence[str] = ()
    mode: str = "default"


def exit_code(heard: Heard, asked: Sequence[Ask]) -> int:
    """How the process ends. `asked` is what a person would have been asked."""
    if heard.ended is None:
        return codes.BUG
    code = codes.code_of_turn(heard.ended.reason, heard.ended.fault)
    if code not in {codes.OK, codes.NONE}:
        return code
    is_unanswered = any(isinstance(item.outcome, Unanswered) for item in heard.refused)
    if asked or is_unanswered or isinstance(heard.last_outcome, Denied):
        return codes.DENIED
    is_broken = not heard.result and any(note.kind == "error" for note in heard.notes)
    return codes.NONE if heard.is_abstention or is_broken else code


def result_object(heard: Heard, who: Who, asked: Sequence[Ask], code: int) -> dict[str, object]:
    """The one object of `json`, and the last line of `stream-json`."""
    ended = heard.ended
    reason: EndReason = ended.reason if ended else "failed"
    spend = ended.spend if ended else None
    cost = spend.cost_usd if spend else None
    usage = spend.usage if spend else Usage()
    subtype = _SUBTYPES.get(reason, "error_during_execution")
    value: dict[str, object] = {
        "type": "result",
        "subtype": subtype,
        "is_error": subtype != "success",
        "result": heard.result,
        "session_id": who.session_id,
        "num_turns": spend.steps if spend else 0,
        "duration_ms": round(spend.time_s * 1000) if spend else 0,
        "duration_api_ms": round(spend.model_s * 1000) if spend else 0,
        "total_cost_usd": None if cost is None else float(cost),
        "usage": usage_object(usage),
        "modelUsage": {who.model: _model_usage(usage, cost is not None, float(cost or 0), who)},
        "permission_denials": [_denial(item, asked) for item in heard.refused],
        "stop_reason": _STOP_REASONS.get(reason),
        "reason": reason,
        "is_partial": bool(ended and ended.is_partial),
        "exit_code": code,
        "notes": [_note(note) for note in heard.notes],
    }
    if ended is not None and ended.hint:
        value["hint"] = safe_text(ended.hint)
    if ended is not None and ended.run is not None:
        value["run"] = {**run_values(ended.run), "review": ended.review or None}
    if heard.replies:
        value["reply"] = reply_object(heard.replies[-1])
    return value


def failure_object(message: str, hint: str, code: int) -> dict[str, object]:
    """The same for what broke before a turn began."""
    heard = Heard()
    value = result_object(heard, Who(session_id="", model=""), (), code)
    used = dict[str, object]()
    return {**value, "result": message, "hint": hint, "modelUsage": used, "total_cost_usd": 0.0}


def reply_object(reply: Answer | Abstention | Map) -> dict[str, object]:
    """A cited answer or a map with its citations, as `pmagent ask --json` has it."""
    match reply:
        case Map():
            return as_json.where(reply)
        case Answer() | Abstention():
            return as_json.ask(reply)


def usage_object(usage: Usage) -> dict[str, int]:
    """Tokens, in the provider's names."""
    return {
        "input_tokens": usage.input_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
        "output_tokens": usage.output_tokens,
    }


def json_line(value: Mapping[str, object]) -> str:
    """One line of JSON in which nothing can steer a terminal; it parses to the same value."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _model_usage(usage: Usage, is_known: bool, cost: float, who: Who) -> dict[str, object]:
    return {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cacheReadInputTokens": usage.cache_read_tokens,
        "cacheCreationInputTokens": usage.cache_write_tokens,
        "costUSD": cost if is_known else None,
        "contextWindow": who.context_tokens,
    }


def _denial(item: Refused, asked: Sequence[Ask]) -> dict[str, object]:
    given: Mapping[str, Json] = item.began.input if item.began else {}
    value: dict[str, object] = {
        "tool_name": item.tool,
        "tool_use_id": item.call_id,
        "tool_input": given,
        "reason": safe_text(item.outcome.decision.reason),
    }
    match item.outcome:
        case Denied(by=by):
            return {**value, "outcome": "denied", "by": by}
        case Unanswered(ask_id=ask_id):
            ask = next((ask for ask in asked if ask.id == ask_id), None)
            would = {"title": ask.title, "body": ask.body, "allow": ask.grant} if ask else None
            return {**value, "outcome": "unanswered", "asked": would}


def _note(note: Noted) -> dict[str, str]:
    return {"kind": note.kind, "text": safe_text(note.text), "hint": safe_text(note.hint)}
