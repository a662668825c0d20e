"""What a request needs, step by step, without a model: tools to use, or a sentence to say.

Pure. A request with several parts becomes several steps in its order; what only points back ("who
said it?") is read from the answer before; what is not sure becomes a choice, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pmagent.llm import offline_words as words
from pmagent.llm.offline_turn import Cited, Open, cited_in, places_of
from pmagent.llm.routing import Choice, Encode, Routed, Unsure, route
from pmagent.llm.routing_arguments import read_arguments
from pmagent.llm.routing_table import Route
from pmagent.nlp.words import content_terms, is_filler
from pmagent.types.actions import Json

READ_ONLY = frozenset(
    "why context cost permissions hooks agents status doctor help skills memory audit".split()  # noqa: SIM905 - words
)
"""Built-in commands that only tell, so that they are run when they are asked for."""
NEEDS_FILE = frozenset({"digest", "related", "zettel", "read"})
NEEDS_TOPIC = frozenset({"prd", "interview-guide"})
PERSONS = frozenset(
    "init compact model resume rewind undo export copy theme add done".split()  # noqa: SIM905 - words
)
"""Built-in commands that change something: a person runs them."""
MOST_PARTS = 4


@dataclass(frozen=True, kw_only=True)
class Say:
    """Words of its own."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Use:
    """A tool; where it fails, the next of `others`."""

    tool: str
    input: Mapping[str, Json]
    others: tuple[Use, ...] = ()
    behind: str = ""
    """What is said after it."""
    head: str = ""
    """The command it stands for, where there are several parts."""


Step: TypeAlias = Say | Use


@dataclass(frozen=True, kw_only=True)
class Means:
    """What there is to plan with."""

    routes: Sequence[Route]
    tools: Collection[str]
    """Names of the tools on offer."""
    suggestions: Callable[[], Sequence[str]]
    encode: Encode | None = None


def plan_steps(text: str, turn: Open, means: Means) -> tuple[Step, ...]:
    """The steps of one request, in order; one at least."""
    if words.is_instructions(text):
        return (Say(text=words.NEEDS_MODEL_FOR_STEPS),)
    if (pointing := _follow_up(text, turn, means)) is not None:
        return (pointing,)
    parts = split_parts(text, means)
    if len(parts) == 1:
        return (_plan(text, turn, means, inherited=""),)
    steps: list[Step] = []
    inherited = ""
    for part in parts:
        found = route(part, means.routes, encode=means.encode)
        step = _plan(part, turn, means, inherited=inherited)
        inherited = " ".join(found.arguments.files) or inherited
        steps.append(step)
    return tuple(steps)


# Parts

_THEN = re.compile(
    r"\s*(?:[.;!?]\s+|,?\s+)(?:and then|then|after that|afterwards|and afterwards|and after that"
    r"|finally|and finally|and also|also|plus|next)\s*,?\s+|\n+\s*(?:[-*]|\d+[.)])?\s*|\s*;\s+"
    r"|(?<=[.?!])\s+(?=[A-Za-z/])",
    re.IGNORECASE,
)
_AND = re.compile(r",?\s+(?:and|&)\s+|,\s+", re.IGNORECASE)
_IMPERATIVE = re.compile(
    r"^/?(?:find|show|list|digest|summari[sz]e|sum up|recap|pull|quote|quotes|draft|write|make|open"
    r"|read|turn|search|tell|give|get|look|check|export|copy|undo|where|prd|compare|map|create"
    r"|prepare|what|who|when|why|how)\b",
    re.IGNORECASE,
)


def split_parts(text: str, means: Means) -> tuple[str, ...]:
    """The requests in a text, in order; the whole text where it is one.

    It is split only where every part is a request by itself.
    """
    stripped = text.strip()
    if stripped.startswith("/"):
        return (stripped,)
    for cut in (_THEN, _AND):
        parts = [part.strip(" ,.;") for part in cut.split(stripped) if part and part.strip(" ,.;")]
        if 1 < len(parts) <= MOST_PARTS and all(map(_IMPERATIVE.match, parts[1:])):
            found = [route(part, means.routes, encode=means.encode) for part in parts]
            # "what did we say and why" is one question; two commands are two requests.
            names = [item.name for item in found if isinstance(item, Routed)]
            if len(names) == len(parts) and (cut is _THEN or _are_apart(names)):
                return tuple(parts)
    return (text,)


def _are_apart(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names) and "ask" not in names


# One request


def _plan(text: str, turn: Open, means: Means, *, inherited: str) -> Step:
    found = route(text, means.routes, encode=means.encode)
    match found:
        case Routed():
            return _do(found, text, turn, means, inherited=inherited)
        case Unsure():
            return _unsure(found, means)


def _do(found: Routed, text: str, turn: Open, means: Means, *, inherited: str) -> Step:
    name, args = found.name, found.args
    if name in ("ask", "where"):
        return _search(name, args or text, found, means)
    if not args and name in NEEDS_FILE | NEEDS_TOPIC | {"quotes"}:
        args = inherited or (_spoken_of(turn) if name not in NEEDS_TOPIC else "")
    if not args and name in NEEDS_FILE:
        return Say(text=words.needs_file(name))
    if not args and name in NEEDS_TOPIC:
        return Say(text=words.needs_topic(name))
    if name == "read":
        return _read(args, means)
    if name in PERSONS:
        return Say(text=words.press(name, args))
    line = f"/{name} {args}".rstrip()
    if "Skill" not in means.tools:
        return Say(text=words.press(name, args))
    told = f"`{line}` shows this at any time." if name in READ_ONLY else ""
    return Use(tool="Skill", input={"skill": name, "args": args}, behind=told, head=line)


def _search(name: str, question: str, found: Routed, means: Means) -> Step:
    """The verified answer or the whole map; else passages."""
    flags = _flags(found)
    input_: dict[str, Json] = {"query": question}
    if found.arguments.since:
        input_["since"] = found.arguments.since
    if found.arguments.until:
        input_["until"] = found.arguments.until
    plain = [Use(tool="Where", input=input_)] if name == "where" else []
    plain.append(Use(tool="Search", input=input_))
    ways = [Use(tool="Skill", input={"skill": name, "args": f"{question}{flags}"}), *plain]
    return _first([way for way in ways if way.tool in means.tools], head=f"/{name} {question}")


def _flags(found: Routed) -> str:
    if found.why == "slash":
        return ""
    since, until = found.arguments.since, found.arguments.until
    return (f" --since {since}" if since else "") + (f" --until {until}" if until else "")


def _read(place: str, means: Means) -> Step:
    path, line = _path_and_line(place)
    input_: dict[str, Json] = {"file_path": path}
    if line:
        input_ |= {"offset": max(1, line - 5), "limit": 40}
    ways = [
        Use(tool="Skill", input={"skill": "read", "args": place}),
        Use(tool="Read", input=input_),
    ]
    return _first([way for way in ways if way.tool in means.tools], head=f"/read {place}")


def _path_and_line(place: str) -> tuple[str, int]:
    found = re.search(r"[:#](\d+)(?:-\d+|(?::\d+)*)?$", place)
    if found is None:
        return place, 0
    is_line = place[found.start()] == ":" and ":" not in found[0][1:]
    return place[: found.start()], int(found[1]) if is_line else 0


def _first(ways: Sequence[Use], *, head: str) -> Step:
    if not ways:
        return Say(text=words.no_tool(head))
    return Use(
        tool=ways[0].tool,
        input=ways[0].input,
        others=tuple(ways[1:]),
        head=head,
    )


def _spoken_of(turn: Open) -> str:
    """The file that the answer before spoke of first."""
    places = places_of(turn.last_answer)
    if places:
        return re.split(r"[:#]", places[0])[0]
    return " ".join(read_arguments(turn.earlier[0]).files) if turn.earlier else ""


def _unsure(found: Unsure, means: Means) -> Step:
    choices = words.choices(found.choices)
    match found.kind:
        case "greeting" | "thanks":
            return Say(text=words.small_talk(found.kind, means.suggestions()))
        case "send" | "change" | "write" | "outside":
            return Say(text=words.REFUSALS[found.kind])
        case "unknown":
            return Say(text=words.unknown(found.choices))
        case "topic" if found.choices:
            return _topic(found.choices, means)
        case _:
            return Say(text=choices or words.small_talk("unclear", means.suggestions()))


def _topic(choices: tuple[Choice, ...], means: Means) -> Step:
    """A bare subject is looked up, and the commands that may have been meant are named."""
    topic = choices[0].args
    routed = Routed(name="ask", args=topic, why="score")
    step = _search("ask", topic, routed, means)
    known = {item.name for item in means.routes}
    listed = tuple(
        Choice(name=name, args=topic, score=0.0) for name in ("where", "quotes") if name in known
    )
    behind = words.choices(listed, lead="Or did you mean:")
    if isinstance(step, Say):
        return Say(text=words.choices(choices))
    return Use(
        tool=step.tool,
        input=step.input,
        others=step.others,
        head=step.head,
        behind=behind,
    )


# What points back

_POINTING = r"(?:that|this|it|they|them|he|she|those|these|the (?:first|last|second) (?:one|time))"
_WHEN = re.compile(
    rf"^(?:when|what (?:date|day|year|month)|how long ago)\b(?:.{{0,12}}\b{_POINTING})?"
)
_WHO = re.compile(rf"^(?:who|whose|by whom)\b.{{0,16}}(?:\b{_POINTING}|$)")
_WHERE = re.compile(
    rf"^(?:where|which (?:episode|file|note|one|document|transcript)|in (?:which|what) \w+)\b"
    rf"(?:.{{0,16}}\b{_POINTING}|.{{0,10}}$)"
)
_OPEN = re.compile(
    rf"^(?:open|show|read|see|go to)\b(?: me)?.{{0,8}}\b(?:{_POINTING}|source|the (?:source|passage"
    r"|quote|citation|(?:first|second|third|last)(?: one)?))\b"
)
_MORE = re.compile(
    r"^(?:more|go on|tell me more|show (?:me )?more|what else|anything else|keep going|continue"
    r"|any(?:thing)? more|more (?:like (?:that|this)|results|hits|please|of (?:that|this|it|them)))"
    r"[ .!?]*$"
)
_ABOUT = re.compile(
    r"^(?:and |so |ok(?:ay)?,? |but )*(?:(?:what|how) about|and (?:for|about|on|with)|same for"
    r"|now for)\s+(?P<topic>.+)$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:and|so|but|ok|okay|then|hm+|well)\b[\s,]*", re.IGNORECASE)
_BACK = 4
"""Answers that "who said it?" looks back over."""
_ORDER = {"first": 0, "second": 1, "third": 2, "last": -1}


def _follow_up(text: str, turn: Open, means: Means) -> Step | None:
    """What a request asks of the answer before; None where it stands by itself."""
    question = _question_before(turn)
    line = _LEAD.sub("", " ".join(text.lower().split())).rstrip(" ?.!")
    if not question or len(line.split()) > 9:
        return None
    if (swapped := _ABOUT.match(" ".join(text.split()))) is not None:
        return _again(_swap(question, swapped["topic"].rstrip("?. ")), means)
    if _MORE.match(line):
        ways = [Use(tool="Search", input={"query": question, "limit": 20})]
        return _first([way for way in ways if way.tool in means.tools], head=f"/ask {question}")
    if _OPEN.match(line) and (places := _places(turn)):
        number = next((place for name, place in _ORDER.items() if name in line), 0)
        return _read(places[number if number < len(places) else 0], means)
    if not _is_bare(line):
        return None
    for shape, pattern in (("when", _WHEN), ("who", _WHO), ("where", _WHERE)):
        if pattern.match(line):
            if cited := _last_cited(turn):
                return Say(text=words.of_cited(shape, cited))
            return _again(question, means)
    return None


def _question_before(turn: Open) -> str:
    """The latest thing asked that has a subject; "what about X?" has that of the one before."""
    for place, asked in enumerate(turn.earlier):
        swapped = _ABOUT.match(" ".join(asked.split()))
        if swapped is not None:
            older = next((each for each in turn.earlier[place + 1 :] if _has_subject(each)), "")
            return _swap(older, swapped["topic"].rstrip("?. ")) if older else asked
        if _has_subject(asked):
            return asked
    return ""


def _has_subject(asked: str) -> bool:
    line = _LEAD.sub("", " ".join(asked.lower().split()))
    points = any(pattern.match(line) for pattern in (_ABOUT, _MORE, _OPEN))
    return not (asked.startswith("/") or points or _is_bare(line))


def _last_cited(turn: Open) -> tuple[Cited, ...]:
    """The sentences of the latest answer that has any; none where it said it has none."""
    for answer in turn.answers[:_BACK]:
        if cited := cited_in(answer):
            return cited
        if "does not seem to say" in answer:
            break
    return ()


def _places(turn: Open) -> tuple[str, ...]:
    cited = tuple(one.place for one in cited_in(turn.last_answer))
    return cited or places_of(turn.last_answer)


def _is_bare(line: str) -> bool:
    """Whether no word of it has a subject of its own."""
    own = {"exactly", "said", "source", "date", "year", "day", "episode", "file", "first", "last"}
    return all(is_filler(term) or term in own for term in content_terms(line))


def _swap(question: str, topic: str) -> str:
    """The earlier question about another thing."""
    found = re.search(r"\b(?:about|on|regarding|with|for|of)\s+(.+)$", question.rstrip("?. "))
    return f"{question[: found.start(1)]}{topic}" if found else f"what did we say about {topic}?"


def _again(question: str, means: Means) -> Step:
    found = route(question, means.routes, encode=means.encode)
    name = found.name if isinstance(found, Routed) and found.name in ("ask", "where") else "ask"
    return _search(name, question, Routed(name=name, args=question, why="score"), means)
