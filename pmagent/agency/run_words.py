"""A run and its steps in words for a person: what a step is about, what came of it, what is next.

Whoever draws them has no procedure at hand: each sentence is made of the step's own text and row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from pmagent.types.actions import Denied, Done, Failed, Json, Outcome, Unanswered
from pmagent.types.reviews import Review
from pmagent.types.runs import Run, StepRow

MOST = 110
"""Characters of one line about a step."""
SLOW_S = 0.5
"""Steps that take longer are told with their time."""
_SHOWN_FIRST = ("markdown", "report", "post", "page", "note", "text", "summary")
"""Fields of a result that are its words for a person."""
_VERB = re.compile(r"^\s*\*\*[^*]+\*\*\s*")
_NAME = re.compile(r"\bas\s+`?(?P<name>[\w.]+)`?")
_QUOTED = re.compile(r'"(?P<said>(?:[^"\\]|\\.)*)"')
_HOLE = re.compile(r"\{[^{}]*\}")
_ROLES = re.compile(r",?\s+(?:as\s+`?[\w.]+`?|like\s|or offline\s|using\s|if\s|if it exists)")
_MAKERS = {"model": "by the model", "offline": "without a model", "person": "by you"}
_BY_SOMEBODY = re.compile(r"(?:; )?by \S+$")
"""The function or the person, at the end of why it had to be them."""


def tool_of(verb: str) -> str:
    """What a step's verb is called where tools are: one for the model writes."""
    return "Write" if verb == "model" else verb


def begun_words(text: str, verb: str) -> str:
    """What a step is about, without its verb: `transcript`, `→ chapters`, `titles: five titles…`.

    What stands in braces in a message is not known yet: `…` stands in its place.
    """
    said = _VERB.sub("", text).strip()
    named = _NAME.search(said)
    name = named["name"] if named is not None else ""
    about = _ROLES.split(said)[0].replace("`", "").strip()
    match verb.split()[0]:
        case "model":
            about = re.sub(r"^Write\s+", "", about)
            return shorten(f"{name}: {about}" if name else about)
        case "Call":
            return f"→ {name}" if name else ""
        case "Run":
            called = about.split()[0] if about else ""
            return f"{called} → {name}" if name else called
        case "Read" | "Find":
            return shorten(about)
        case _:
            quoted = _QUOTED.search(said)
            return shorten(_HOLE.sub("…", quoted["said"]) if quoted is not None else about)


def ended_words(row: StepRow) -> str:
    """What came of a step, as one sentence with its verb."""
    detail = row.detail
    match row.verb.split()[0]:
        case "model":
            told = _BY_SOMEBODY.sub("", detail) if row.maker in {"offline", "person"} else detail
            parts = [f"Write {row.name or 'a value'}", _MAKERS.get(row.maker, ""), told]
            return shorten(", ".join(part for part in parts if part))
        case "Call" | "Run":
            arrow = f" → {row.name}" if row.name else ""
            told = place_of(row) or detail
            return shorten(f"{row.verb}{arrow}{f': {told}' if told else ''}")
        case _:
            return shorten(f"{row.verb}{f': {detail}' if ':' in detail else f' {detail}'}".rstrip())


def step_line(step: str, words: str, elapsed_s: float | None = None) -> str:
    """`  6  Call draft.chapters → chapters  1.9 s`; less than half a second is left out."""
    took = f"  {elapsed_s:.1f} s" if elapsed_s is not None and elapsed_s >= SLOW_S else ""
    return f"{step:>6}  {' '.join(words.split())}{took}"


def words_of_step(outcome: Outcome) -> str:
    """What came of a step, as its event tells it."""
    match outcome:
        case Done(text=text):
            return text
        case Failed(message=message):
            return f"stopped: {shorten(message)}"
        case Denied(decision=decision) | Unanswered(decision=decision):
            return f"stopped: {shorten(decision.reason)}"


def place_of(row: StepRow) -> str:
    """Where the effect of a step is to be found; empty where it had none, or does not say."""
    value = row.value
    if not row.spent.effects or not isinstance(value, Mapping):
        return ""
    for name in ("url", "path"):
        place = value.get(name)
        if isinstance(place, str) and place:
            is_draft = name == "url" and value.get("state") == "draft"
            return f"{place}, as a draft" if is_draft else place
    return ""


def places_of(rows: Sequence[StepRow]) -> tuple[str, ...]:
    """Where all that a run has made is to be found; each once, in order."""
    return tuple(dict.fromkeys(filter(None, map(place_of, rows))))


def waits_words(run: Run, review: Review | None) -> str:
    """What it waits for, with the id to answer by."""
    named = f" ({review.id})" if review is not None else ""
    return f"waits for you{named}: {run.reason}"


def next_words(run: Run, review: Review | None) -> str:
    """The exact commands that go on with a run that waits."""
    if review is None:
        return f'go on later: "pmagent resume {run.id}"'
    match review.kind:
        case "answer":
            wanted = f" ({review.shape})" if review.shape else ""
            last = f'"pmagent review answer {review.id} VALUE" takes your answer{wanted}'
        case "human":
            last = f'"pmagent review answer {review.id}" opens your editor for it'
        case "dead":
            last = f'"pmagent review accept {review.id}" tries it again'
        case _:
            last = f'"pmagent review accept {review.id}" says yes'
    return f'"pmagent review show {review.id}" shows it whole, {last}'


def done_words(run: Run, *, is_dry: bool = False) -> str:
    """How a run ended that is done, and what it took."""
    if is_dry:
        return f"a dry run: nothing was done, sent or kept{_cost(run)}"
    where = ", in shadow: nothing was sent or written" if run.autonomy == "shadow" else ""
    return f"run {run.id} is done{where}{_cost(run)}"


def result_words(result: Json) -> str:
    """A result as Markdown for a person: its own words where it has any, else what it holds."""
    if result is None:
        return ""
    if isinstance(result, str):
        return f"{result.rstrip()}\n"
    if isinstance(result, Mapping):
        for name in _SHOWN_FIRST:
            words = result.get(name)
            if isinstance(words, str) and words.strip():
                return f"{words.rstrip()}\n"
        return "".join(_field(name, value) for name, value in result.items())
    return f"{_brief(result)}\n"


def shorten(text: str) -> str:
    """`text` on one line, cut with `…`."""
    line = " ".join(text.split())
    return line if len(line) <= MOST else f"{line[: MOST - 1]}…"


def _field(name: str, value: Json) -> str:
    """One field of a result: a line; of a list of records one for each."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return f"- **{name}**\n" + "".join(f"  - {_brief(one)}\n" for one in value)
    return f"- **{name}**: {_brief(value)}\n"


def _brief(value: Json) -> str:
    match value:
        case str():
            text = value
        case Mapping():
            text = ", ".join(_parts(value))
        case list() | tuple() if all(isinstance(one, str) for one in value):
            text = "; ".join(map(str, value)) or "none"
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return shorten(text)


def _parts(value: Mapping[str, Json]) -> Iterator[str]:
    for name, one in value.items():
        if isinstance(one, str | int | float) and not isinstance(one, bool) and one != "":
            yield f"{name} {one}"


def _cost(run: Run) -> str:
    spent = run.spent
    parts: Sequence[str] = [f"{spent.steps} steps", f"{spent.ms / 1000:.1f} s"]
    if spent.tokens:
        usd = "an unknown sum" if spent.usd is None else f"${spent.usd:.4f}"
        parts = [*parts, f"{spent.tokens:,} tokens, {usd}"]
    return f": {', '.join(parts)}"
