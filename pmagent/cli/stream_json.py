"""A turn as lines of JSON in the shape of Claude Code's `stream-json`, the result last.

`system` (init, then notes), `assistant` (words, uses of tools), `user` (what came of them),
`result`. A sub-agent's lines carry its id as `parent_tool_use_id`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmagent.cli import as_json
from pmagent.cli.events import Who, reply_object, usage_object
from pmagent.commands.replies import reply_markdown
from pmagent.safe_text import safe_text
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.talk import Usage
from pmagent.types.turns import (
    AgentBegan,
    AgentEnded,
    Found,
    Noted,
    Said,
    Screen,
    ToolBegan,
    ToolEnded,
    TurnEnded,
    TurnEvent,
)


class Stream:
    """The lines of one turn, but for the result."""

    def __init__(self, who: Who) -> None:
        self._who = who
        self._words: dict[str, list[str]] = {}
        self._number = 0

    def first(self) -> Mapping[str, object]:
        """What a reader is told before anything happens."""
        who = self._who
        return {
            "type": "system",
            "subtype": "init",
            "cwd": who.cwd,
            "session_id": who.session_id,
            "tools": list(who.tools),
            "mcp_servers": [],
            "model": who.model,
            "permissionMode": who.mode,
            "slash_commands": list(who.commands),
            "agents": list(who.agents),
            "apiKeySource": "none",
            "output_style": "default",
        }

    def lines(self, event: TurnEvent) -> Iterator[Mapping[str, object]]:
        """What an event is told as. Words are told whole, once what follows them begins."""
        match event:
            case Said(text=text, agent=agent):
                self._words.setdefault(agent, []).append(text)
            case ToolBegan(agent=agent):
                yield from self._flush(agent)
                use = {"type": "tool_use", "id": event.call_id, "name": event.tool,
                       "input": dict(event.input)}  # fmt: skip
                yield self._assistant(use, agent)
            case ToolEnded(agent=agent):
                yield self._came(event)
            case Found(reply=reply, is_first=False):
                yield from self._flush("")
                words = {"type": "text", "text": reply_markdown(reply)}
                yield {**self._assistant(words, ""), "reply": reply_object(reply)}
            case Screen(text=text) if text:
                yield from self._flush("")
                yield self._assistant({"type": "text", "text": text}, "")
            case Noted(text=text, kind=kind, hint=hint):
                yield self._system("note", kind=kind, text=safe_text(text), hint=safe_text(hint))
            case AgentBegan() | AgentEnded():
                yield from self._agent(event)
            case TurnEnded():
                for agent in tuple(self._words):
                    yield from self._flush(agent)
            case _:
                pass

    def _flush(self, agent: str) -> Iterator[Mapping[str, object]]:
        words = "".join(self._words.pop(agent, ()))
        if words.strip():
            yield self._assistant({"type": "text", "text": words}, agent)

    def _assistant(self, part: Mapping[str, object], agent: str) -> Mapping[str, object]:
        self._number += 1
        message = {
            "id": f"msg_{self._who.session_id}_{self._number}",
            "type": "message",
            "role": "assistant",
            "model": self._who.model,
            "content": [part],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage_object(Usage()),
        }
        return self._line("assistant", message, agent)

    def _came(self, event: ToolEnded) -> Mapping[str, object]:
        part = {
            "type": "tool_result",
            "tool_use_id": event.call_id,
            "content": _words_of(event.outcome),
            "is_error": not isinstance(event.outcome, Done),
        }
        line = self._line("user", {"role": "user", "content": [part]}, event.agent)
        return {**line, "tool_use_result": as_json.outcome(event.outcome)}

    def _agent(self, event: AgentBegan | AgentEnded) -> Iterator[Mapping[str, object]]:
        match event:
            case AgentBegan():
                yield self._system("agent_began", agent_id=event.id, name=event.name,
                                   task=safe_text(event.task))  # fmt: skip
            case AgentEnded():
                yield from self._flush(event.id)
                yield self._system("agent_ended", agent_id=event.id, reason=event.reason)

    def _line(self, kind: str, message: Mapping[str, object], agent: str) -> Mapping[str, object]:
        return {
            "type": kind,
            "message": message,
            "parent_tool_use_id": agent or None,
            "session_id": self._who.session_id,
        }

    def _system(self, subtype: str, **facts: str) -> Mapping[str, object]:
        session = self._who.session_id
        return {"type": "system", "subtype": subtype, **facts, "session_id": session}


def _words_of(outcome: Outcome) -> str:
    match outcome:
        case Done(text=text):
            return text
        case Denied(decision=decision, note=note):
            return f"denied: {decision.reason}" + (f"; {note}" if note else "")
        case Unanswered(decision=decision):
            return f"nobody is there to be asked: {decision.reason}"
        case Failed(message=message):
            return message
