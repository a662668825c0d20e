"""A kit in a model's words: the titles, descriptions, chapter titles and notes, and nothing else.

The model is given the extractive kit and the words it rests on, as data. Each part it gives back is
held against those words; what names anything new is asked for once more and then left as it was,
alone. Quotes, mentions, citations and the places of chapters are never a model's.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pmagent.agent.structured import Reply, ask_for_json
from pmagent.agent.tool_answers import as_data, note
from pmagent.publish.polish_parts import Part, apply, find_fault, parts_of, show
from pmagent.publish.source import Source
from pmagent.publish.voice.profile import Voice, describe_voice
from pmagent.types.actions import Json
from pmagent.types.publishing import Kit
from pmagent.types.talk import Message, Model, ModelCard, ModelRequest, Text

MOST_REMARKS = 8
"""Parts that are told one by one."""
_MOST_CHARACTERS = 60_000
"""Of what one request shows, about 15,000 tokens."""
_SHARE = 0.5
"""Of a model's context that the request may fill."""
_CHARACTERS_A_TOKEN = 4
_MOST_TOKENS = 8_192
_OFFLINE = "offline"
SCHEMA: Mapping[str, Json] = {
    "type": "object",
    "properties": {
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
                "required": ["id", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["parts"],
    "additionalProperties": False,
}
"""JSON Schema of an answer."""


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What of an answer can be used."""

    good: Mapping[str, str]
    """Texts by part."""
    faults: Mapping[str, str]
    """Why a text cannot be used, by part."""


def polish_kit(
    kit: Kit,
    source: Source,
    model: Model,
    voice: Voice | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Kit:
    """The kit with those parts in the model's words that say nothing new; two requests at most.

    `remarks` tell which parts stayed as they were and why. A model that fails, refuses, is cut off
    or gives no JSON leaves the whole kit as it is, with a remark.
    """
    if model.card.id == _OFFLINE:
        return kit
    parts = parts_of(kit, source)
    shown = _fitting(parts, model.card)
    if not shown:
        return _remarked(kit, ("the model was not asked: the kit has nothing to word",))
    request = _request(shown, model.card, voice)
    first = ask_for_json(model, request, stop, names=("parts", *(part.id for part in shown)))
    if first.value is None:
        return _remarked(kit, (f"the model worded nothing: {first.problem}",))
    judged = _judge(shown, _texts(first.value))
    if judged.faults and not stop():
        judged = _ask_again(model, request, first, shown, judged, stop)
    return _finished(kit, parts, shown, judged, model.card.id)


def _finished(
    kit: Kit, parts: Sequence[Part], shown: Sequence[Part], judged: _Judged, model: str
) -> Kit:
    remarks = list(_told(shown, judged.faults))
    if unasked := len(parts) - len(shown):
        remarks.append(f"{_many(unasked)} not given to the model: there is more than it can read")
    changed = {p.id for p in shown if judged.good.get(p.id, p.text) != p.text}
    if not changed:
        return _remarked(kit, (*remarks, "the model changed nothing"))
    missing = sum(1 for p in shown if p.id not in judged.good and p.id not in judged.faults)
    if missing:
        remarks.append(f"{_many(missing)} not worded by the model, and stayed as found")
    worded = apply(kit, {key: text for key, text in judged.good.items() if key in changed})
    return replace(_remarked(worded, remarks), made_by=model)


def _remarked(kit: Kit, remarks: Sequence[str]) -> Kit:
    return replace(kit, remarks=(*kit.remarks, *remarks))


def _many(count: int) -> str:
    return "one part was" if count == 1 else f"{count} parts were"


def _told(parts: Sequence[Part], faults: Mapping[str, str]) -> Sequence[str]:
    """A sentence for each part that fell back, the first few; how many there are beside them."""
    told = [f"the model's {p.label} {faults[p.id]}" for p in parts if p.id in faults]
    said = [f"{sentence}; it stayed as found" for sentence in told[:MOST_REMARKS]]
    if len(told) > MOST_REMARKS:
        said.append(f"{len(told) - MOST_REMARKS} more parts stayed as found for such reasons")
    return said


def _fitting(parts: Sequence[Part], card: ModelCard) -> Sequence[Part]:
    """As many parts as the model can read, with less of their surroundings where it must be."""
    room = min(_MOST_CHARACTERS, int(card.context_tokens * _SHARE) * _CHARACTERS_A_TOKEN)
    room -= len(_prompt())
    for limit in (600, 200, 0):
        cut = [replace(part, beside=part.beside[:limit]) for part in parts]
        if sum(len(show(part)) for part in cut) <= room:
            return cut
    kept: list[Part] = []
    for part in (replace(part, beside="") for part in parts):
        room -= len(show(part))
        if room < 0:
            break
        kept.append(part)
    return kept


def _request(parts: Sequence[Part], card: ModelCard, voice: Voice | None) -> ModelRequest:
    blocks = [as_data("\n\n".join(show(part) for part in parts), source="kit")]
    if voice is not None and not voice.too_little:
        blocks.append(as_data(describe_voice(voice), source="style of past posts"))
    asked = note(f"Word these parts: {', '.join(part.id for part in parts)}")
    message = Message(role="user", parts=(Text(text="\n\n".join((*blocks, asked.text))),))
    return ModelRequest(
        system=_prompt(),
        messages=(message,),
        max_tokens=min(_MOST_TOKENS, card.max_output_tokens, max(256, card.context_tokens // 3)),
        output_schema=SCHEMA,
    )


def _ask_again(
    model: Model,
    request: ModelRequest,
    first: Reply,
    parts: Sequence[Part],
    judged: _Judged,
    stop: Callable[[], bool],
) -> _Judged:
    """The same with what the model made of the parts that failed, once it was told why."""
    failed = [part for part in parts if part.id in judged.faults]
    why = "\n".join(f"{part.id}: your text {judged.faults[part.id]}" for part in failed)
    again = f"These parts cannot be used. Word them anew, and only them:\n{why}"
    messages = (
        *request.messages,
        Message(role="assistant", parts=(Text(text=first.text),)),
        Message(role="user", parts=(note(again),)),
    )
    names = ("parts", *(part.id for part in failed))
    second = ask_for_json(model, replace(request, messages=messages), stop, names=names)
    if second.value is None:
        return judged
    mended = _judge(failed, _texts(second.value), taken=judged.good)
    faults = {key: mended.faults.get(key, why) for key, why in judged.faults.items()}
    return _Judged(
        good={**judged.good, **mended.good},
        faults={key: why for key, why in faults.items() if key not in mended.good},
    )


def _judge(
    parts: Sequence[Part], texts: Mapping[str, str], *, taken: Mapping[str, str] | None = None
) -> _Judged:
    good: dict[str, str] = {}
    faults: dict[str, str] = {}
    used = {text.casefold() for text in (taken or {}).values()}
    for part in parts:
        if part.id not in texts:
            continue
        text = " ".join(texts[part.id].split())
        fault = "is another part's word for word" if text.casefold() in used else ""
        fault = fault or find_fault(part, text)
        if fault:
            faults[part.id] = fault
        else:
            good[part.id] = text
            used.add(text.casefold())
    return _Judged(good=good, faults=faults)


def _texts(value: Mapping[str, Json]) -> Mapping[str, str]:
    """Texts by part, of the form that was asked for and of those that models give instead."""
    parts = value.get("parts", value)
    found: dict[str, str] = {}
    if isinstance(parts, Mapping):
        found.update({key: text for key, text in parts.items() if isinstance(text, str)})
    elif isinstance(parts, list):
        for item in parts:
            if isinstance(item, Mapping):
                key, text = item.get("id"), item.get("text")
                # The same part twice: the first stands, so that no later text slips in.
                if isinstance(key, str) and isinstance(text, str):
                    found.setdefault(key, text)
    return found


@cache
def _prompt() -> str:
    """The shipped prompt."""
    return (pkgutil.get_data("pmagent.publish", "polish.md") or b"").decode("utf-8")
