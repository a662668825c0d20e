"""What a model says of verdicts, which sees nothing but the claims and their evidence.

A second opinion can lower a verdict and never raise one: where it agrees the verdict stands, where
it does not a person has to look. So no words in the evidence can turn a contradicted claim into a
supported one, whatever they tell the model.
"""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, cast

from pmagent.agent.structured import ask_for_json
from pmagent.agent.tool_answers import as_data, note
from pmagent.nlp.words import STOP_WORDS, tokens
from pmagent.safe_text import safe_text
from pmagent.types.actions import Json
from pmagent.types.checking import Evidence, Verdict
from pmagent.types.talk import Message, Model, ModelCard, ModelRequest, Text

OpinionWord = Literal["supported", "contradicted", "not_found"]

BATCH = 10
"""Claims of one request."""
_OFFLINE = "offline"
_MOST_EVIDENCE = 1_200
"""Characters of one passage that are shown, around the words that fit best."""
_LEAST_EVIDENCE = 300
_MOST_TOKENS = 4_096
_CHARACTERS_A_TOKEN = 4
_SHARE = 0.5
"""Of a model's context that the request may fill."""
_LEAST_WORDS = 2
"""Of a span that shows something, one of them no stop word."""
_MOST_SHOWN = 240
_SAYS: Mapping[str, str] = {
    "supported": "the evidence supports it",
    "contradicted": "the evidence contradicts it",
    "not_found": "the evidence does not tell",
    "needs_person": "a person has to look",
}
SCHEMA: Mapping[str, Json] = {
    "type": "object",
    "properties": {
        "opinions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "word": {"type": "string", "enum": ["supported", "contradicted", "not_found"]},
                    "words": {"type": "string"},
                    "why": {"type": "string"},
                },
                "required": ["id", "word", "words", "why"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["opinions"],
    "additionalProperties": False,
}
"""JSON Schema of an answer."""


@dataclass(frozen=True, kw_only=True)
class _Opinion:
    word: OpinionWord
    words: str
    why: str


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What came of one batch."""

    verdicts: Mapping[int, Verdict]
    """By place among all verdicts."""
    note: str = ""
    is_lost: bool = False


def second_opinion(
    verdicts: Sequence[Verdict], model: Model, stop: Callable[[], bool] = lambda: False
) -> tuple[tuple[Verdict, ...], tuple[str, ...]]:
    """The verdicts with what the model says of each, and notes on those it said nothing of.

    Verdicts without evidence are not asked about. A request that fails leaves its verdicts as they
    were; one that would fail again, such as for a missing key, is the last.
    """
    if model.card.id == _OFFLINE:
        return tuple(verdicts), ()
    asked = [place for place, verdict in enumerate(verdicts) if verdict.evidence]
    found = list(verdicts)
    notes: list[str] = []
    done = 0
    for places in _batches(verdicts, asked, model.card):
        heard = _ask(verdicts, places, model, stop)
        for place, verdict in heard.verdicts.items():
            found[place] = verdict
        done += len(places)
        notes.extend((heard.note,) if heard.note else ())
        if heard.is_lost:
            break
    if left := len(asked) - done:
        notes.append(f"{_claims(left)} not shown to {model.card.id}")
    return tuple(found), tuple(notes)


def _batches(
    verdicts: Sequence[Verdict], places: Sequence[int], card: ModelCard
) -> Iterator[Sequence[int]]:
    """Places of at most `BATCH` claims that the model can read at once."""
    room = int(card.context_tokens * _SHARE) * _CHARACTERS_A_TOKEN - len(_prompt())
    batch: list[int] = []
    size = 0
    for place in places:
        needs = len(_show(verdicts[place], place, _limit(card)))
        if batch and (len(batch) == BATCH or size + needs > room):
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += needs
    if batch:
        yield batch


def _ask(
    verdicts: Sequence[Verdict], places: Sequence[int], model: Model, stop: Callable[[], bool]
) -> _Heard:
    card = model.card
    shown = "\n\n".join(_show(verdicts[place], place, _limit(card)) for place in places)
    ids = ", ".join(_id(place) for place in places)
    text = f"{as_data(shown, source='claims and evidence')}\n\n{note(f'Judge {ids}').text}"
    request = ModelRequest(
        system=_prompt(),
        messages=(Message(role="user", parts=(Text(text=text),)),),
        max_tokens=min(_MOST_TOKENS, card.max_output_tokens, max(256, card.context_tokens // 3)),
        output_schema=SCHEMA,
    )
    reply = ask_for_json(model, request, stop, names=("opinions",))
    if reply.value is None:
        told = f"{_claims(len(places))} left as found, without a second opinion of {card.id}"
        return _Heard(verdicts={}, note=f"{told}: {reply.problem}", is_lost=reply.is_lost)
    opinions = _read(reply.value)
    judged: dict[int, Verdict] = {}
    void = 0
    for place in places:
        opinion = opinions.get(_id(place))
        if opinion is not None and _is_shown(opinion, verdicts[place].evidence):
            judged[place] = _weighed(verdicts[place], opinion, card.id)
        else:
            void += 1
    told = (
        f"{_claims(void)} left as found: {card.id} said nothing of them that their evidence shows"
    )
    return _Heard(verdicts=judged, note=told if void else "")


def _weighed(verdict: Verdict, opinion: _Opinion, model: str) -> Verdict:
    """The verdict as it is where both agree, else for a person to look at, with both reasons."""
    shown = f': "{opinion.words}"' if opinion.words else ""
    because = f" ({opinion.why})" if opinion.why else ""
    told = f"{model} says that {_SAYS[opinion.word]}{shown}{because}"
    if opinion.word == verdict.word or verdict.word == "needs_person":
        return replace(verdict, second_opinion=told)
    ours = verdict.why.rstrip(". ") or _SAYS[verdict.word]
    return replace(
        verdict,
        word="needs_person",
        why=f"two readings of the evidence differ: by its words, {ours}; {told}",
        is_weak=True,
        second_opinion=told,
    )


def _read(value: Mapping[str, Json]) -> Mapping[str, _Opinion]:
    """Opinions by claim; none for a claim of which two were given that differ."""
    found: dict[str, _Opinion] = {}
    torn: set[str] = set()
    opinions = value.get("opinions")
    for item in opinions if isinstance(opinions, list) else ():
        key = item.get("id") if isinstance(item, Mapping) else None
        opinion = _opinion(item) if isinstance(item, Mapping) else None
        if not isinstance(key, str) or opinion is None:
            continue
        if key in found and found[key].word != opinion.word:
            torn.add(key)
        found.setdefault(key, opinion)
    return {key: opinion for key, opinion in found.items() if key not in torn}


def _opinion(item: Mapping[str, Json]) -> _Opinion | None:
    word = item.get("word")
    named = word.strip().lower().replace(" ", "_") if isinstance(word, str) else ""
    if named not in {"supported", "contradicted", "not_found"}:
        return None
    words, why = item.get("words"), item.get("why")
    return _Opinion(
        word=cast("OpinionWord", named),
        words=_clip(words) if isinstance(words, str) and named != "not_found" else "",
        why=_clip(why).rstrip(". ") if isinstance(why, str) else "",
    )


def _is_shown(opinion: _Opinion, evidence: Sequence[Evidence]) -> bool:
    """Whether the words stand in the claim's own evidence; `not_found` needs none."""
    if opinion.word == "not_found":
        return True
    plain = _plain(opinion.words.removesuffix("…"))
    words = tokens(plain)
    if len(words) < _LEAST_WORDS or all(word in STOP_WORDS for word in words):
        return False
    pattern = re.compile(rf"(?<!\w){re.escape(plain)}(?!\w)")
    return any(pattern.search(_plain(text)) for one in evidence for text in (one.text, one.passage))


def _plain(text: str) -> str:
    """One case, one kind of quotation mark and dash, no hidden character, white space folded."""
    folded = unicodedata.normalize("NFKC", safe_text(text, newlines=True)).casefold()
    folded = re.sub(r"[‘’‛ʼ`´]", "'", re.sub(r"[“”„‟«»]", '"', folded))
    folded = re.sub(r"[‐-―−]", "-", folded)
    return " ".join(folded.split()).strip("\"' .,;:!?…")


def _show(verdict: Verdict, place: int, limit: int) -> str:
    """A claim as the model reads it, with its evidence and what the comparison of words found."""
    lines = [f"[{_id(place)}] claim: {' '.join(verdict.claim.text.split())}"]
    for number, evidence in enumerate(verdict.evidence, 1):
        who = f", {evidence.citation.speaker} speaking" if evidence.citation.speaker else ""
        lines.append(
            f"    evidence {number} ({evidence.citation.date}{who}): {_around(evidence, limit)}"
        )
    lines.extend(
        f'    found by comparing words: {one.kind} "{one.said}" in the claim, "{one.found}" there'
        for one in verdict.differences
    )
    return "\n".join(lines)


def _around(evidence: Evidence, limit: int) -> str:
    """As much of the passage as may be shown, with the words that fit best inside it."""
    text, passage = " ".join(evidence.text.split()), " ".join(evidence.passage.split())
    place = passage.find(text)
    if place < 0:
        return text[:limit]
    start = max(0, place - max(0, limit - len(text)) // 2)
    return passage[start : start + max(limit, len(text[:limit]))]


def _limit(card: ModelCard) -> int:
    """Characters of a passage that one request of `BATCH` claims can show, three to a claim."""
    room = int(card.context_tokens * _SHARE) * _CHARACTERS_A_TOKEN // (BATCH * 3)
    return max(_LEAST_EVIDENCE, min(_MOST_EVIDENCE, room))


def _clip(text: str) -> str:
    line = " ".join(safe_text(text, newlines=True).split())
    return line if len(line) <= _MOST_SHOWN else f"{line[: _MOST_SHOWN - 1].rstrip()}…"


def _id(place: int) -> str:
    return f"c{place + 1}"


def _claims(count: int) -> str:
    return "one claim was" if count == 1 else f"{count} claims were"


@cache
def _prompt() -> str:
    """The shipped prompt."""
    return (pkgutil.get_data("pmagent.factcheck", "second_opinion.md") or b"").decode("utf-8")
