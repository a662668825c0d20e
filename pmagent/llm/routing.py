"""Which command a plain request is for, decided without a model; or the three nearest, unsure.

In order: a `/name`, a bare name or alias, then half BM25 and half cosine over each command's name,
purpose and examples, raised and lowered by patterns. It fires where the best is good enough and far
enough from the next; else it abstains. Pure: the same text and routes always give the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from pmagent.llm.routing_arguments import Arguments, bare_topic, read_arguments
from pmagent.llm.routing_scores import READ, Encode, Reader, fits, is_to_program, reader_of
from pmagent.llm.routing_table import NoneKind, Route, none_patterns
from pmagent.llm.routing_week import WEEKLY, week_arguments
from pmagent.llm.routing_words import FILE, LONGEST, Words, read_words
from pmagent.nlp.words import is_filler

TAU = 0.5
"""The least score that fires."""
DELTA = 0.03
"""How far the next must lie behind. Both fitted on half of `benchmarks/routing_golden.jsonl`."""
NONE = 0.9
"""The score of no command at all, where a pattern speaks for it."""
Why = Literal["slash", "name", "score"]


@dataclass(frozen=True, kw_only=True)
class Routed:
    """The command that is meant."""

    name: str
    args: str
    """As they are typed after it."""
    why: Why
    score: float = 1.0
    margin: float = 1.0
    arguments: Arguments = field(default_factory=Arguments)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One command that may be meant."""

    name: str
    args: str
    score: float

    @property
    def line(self) -> str:
        """As it is typed: `/where seat pricing`."""
        return f"/{self.name} {self.args}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Unsure:
    """No command is surely meant."""

    choices: tuple[Choice, ...]
    """The nearest, best first, three at most."""
    kind: NoneKind | Literal["unknown", "topic", "close"]
    """`unknown`: a `/name` that is none; `topic`: a bare subject without a request; `close`: two
    commands fit alike, or none fits well."""
    arguments: Arguments = field(default_factory=Arguments)


def route(
    text: str,
    routes: Sequence[Route],
    *,
    encode: Encode | None = None,
    tau: float = TAU,
    delta: float = DELTA,
) -> Routed | Unsure:
    """The command `text` asks for, with its arguments; or why that is not sure.

    `encode` gives meaning beside the runs of letters that are compared without it. What is learned
    of `routes` is kept, so give the same tuple again.
    """
    stripped = text.strip()
    if stripped.startswith("/"):
        return _slash(stripped, routes)
    reader = reader_of(tuple(routes))
    words = read_words(text, reader.known)
    arguments = read_arguments(text)
    if (named := _named(words, reader)) is not None:
        args = make_args(named, text, arguments, "")
        return Routed(name=named, args=args, why="name", arguments=arguments)
    scores = reader.score(words, encode)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    choices = tuple(
        Choice(
            name=name,
            args=make_args(name, text, arguments, reader.left_over(name, words)),
            score=score,
        )
        for name, score in ranked[:3]
    )
    if _is_lone_file(words):
        return Unsure(choices=_of_file(routes, arguments), kind="close", arguments=arguments)
    kind, against = _against(words, reader, choices[0].name if choices else "")
    best = ranked[0][1] if ranked and not _is_one_word(words) else 0.0
    second = max(against, _rival(ranked))
    if best >= tau and best - second >= delta:
        return Routed(
            name=choices[0].name,
            args=choices[0].args,
            why="score",
            score=best,
            margin=best - second,
            arguments=arguments,
        )
    if kind is not None and against >= best - delta:
        return Unsure(choices=choices, kind=kind, arguments=arguments)
    return _undecided(text, words, choices, arguments)


def make_args(name: str, text: str, arguments: Arguments, left: str) -> str:
    """What is typed after `/name`: the question itself for a search, else a file or a topic.

    `left` is what the request says beside the command's own words.
    """
    if name in WEEKLY:
        return week_arguments(name, text)
    files = " ".join(f'"{name}"' if " " in name else name for name in arguments.files)
    if name in _QUESTIONS:
        question = question_of(text)
        return (place_of(question) or question) if name == "where" else question
    if name in _OF_FILES:
        return files or ("" if _THIS.search(text) else left)
    if name in _OF_TOPICS:
        return quoted(arguments.topic or left) or files
    if name in _OF_EITHER:
        return files or ("" if _THIS.search(text) else quoted(arguments.topic or left))
    if name in _ALONE:
        named = _NAMED[name].search(text) if name in _NAMED else None
        return named[0].lower() if named else ""
    return files or arguments.topic


def quoted(topic: str) -> str:
    """A topic as arguments are split: a lone apostrophe would open a quotation."""
    return f'"{topic}"' if "'" in topic and '"' not in topic else topic


_THIS = re.compile(
    r"\b(?:this|that|it|these|those)(?: (?:one|note|file|transcript|episode|document|interview"
    r"|recording|spec|meeting|call|up|into|in|down|as|please|for me)\b|[ .!?:]*$)",
    re.IGNORECASE,
)
"""Something that was spoken of before."""
_NAMED = {
    "model": re.compile(r"(?i)\b(?:fast|deep|offline|opus|sonnet|haiku)\b"),
    "theme": re.compile(r"(?i)\b(?:dark|light)\b"),
    "export": re.compile(r"(?i)\b(?:markdown|json)\b"),
}
"""What a command that takes a name may be told by it."""
_QUESTIONS = frozenset({"ask", "where"})
_OF_FILES = frozenset({"digest", "read"})
_OF_TOPICS = frozenset({"prd", "interview-guide"})
_OF_EITHER = frozenset({"quotes", "related", "zettel"})
_ALONE = frozenset(
    "init why context compact cost permissions hooks agents rewind undo export copy status "  # noqa: SIM905 - words
    "doctor theme help resume model".split()
)
"""Commands whose arguments are not in a plain request, or do not need to be."""
_CARRIER = re.compile(
    r"^(?:(?:please|pls|ask|search|look up|find out|tell me|remind me|check|find|show me|where|map"
    r"|can you|could you|would you|i want to know|i'd like to know|do you know|list)\b[\s,:]*)*"
    r"(?:(?:my|our|the) (?:archive|notes|garden|vault|transcripts|episodes)\b[\s,:]*)?"
    r"(?:(?:for|if|whether)\b\s*)?",
    re.IGNORECASE,
)


_SAID_WHERE = re.compile(
    r"^(?:where )?(?:have|did|do|has) (?:i|we) (?:ever |already )?(?:said|say|mention(?:ed)?"
    r"|talk(?:ed)? about|discuss(?:ed)?|written about|write about|wrote about|covered?)\b"
    r"(?: this before)?[\s:]*(?:(?:(?:any|some)thing )?(?:that|of|about|on) )?"
    r"|^(?:(?:find|show|list|get|give|gather|collect|pull up|me|us|every|each|all|any|the) )*"
    r"(?:mentions?|references?|places?|spots?|passages?|occurrences?|instances?)"
    r" (?:of|to|about|on|(?:where )?(?:i|we) (?:mention(?:ed)?|(?:talk(?:ed)?|sp[eo]a?ke?|wr[io]te)"
    r" about|discuss(?:ed)?))\s+"
    r"|^that (?:mention|discuss|cover|talk about)s?\s+"
    r"|^(?:find )?everything (?:(?:we|i) (?:have|said) )?(?:on|about)\s+"
    r"|^(?:which|what) (?:episodes?|notes?|transcripts?|files?|interviews?)"
    r" (?:mention|discuss|cover|touch(?:es)? on|talks? about)s?\s+",
    re.IGNORECASE,
)
"""What only asks for a place; "where did I first mention" is left, as its "first" is wanted."""
_BEFORE = re.compile(r"(?:\s+(?:before|already|please|pls))*[\s?.!,]*$", re.IGNORECASE)


def place_of(question: str) -> str:
    """What is looked for, as the heading of its map: "deposits" of "every mention of deposits"."""
    bare = _SAID_WHERE.sub("", question)
    return bare if bare == question else _BEFORE.sub("", bare)


def question_of(text: str) -> str:
    """A request for the archive without what only asks for a search; never empty."""
    line = " ".join(text[:LONGEST].split())
    bare = _CARRIER.sub("", line)
    is_whole = line.rstrip().endswith("?") or len(bare.split()) < 1
    return (
        line
        if is_whole and re.match(r"(?i)(?:where|what|who|when|why|how)\b", line)
        else (bare or line)
    )


# Exact


def _slash(text: str, routes: Sequence[Route]) -> Routed | Unsure:
    name, _, args = text[1:].partition(" ")
    for item in routes:
        if name.lower() in (item.name, *item.aliases):
            found = read_arguments(args)
            return Routed(name=item.name, args=args.strip(), why="slash", arguments=found)
    names = {spelled: item.name for item in routes for spelled in (item.name, *item.aliases)}
    near = dict.fromkeys(names[spelled] for spelled in get_close_matches(name, names, 3, 0.6))
    choices = tuple(Choice(name=each, args=args.strip(), score=0.0) for each in near)
    return Unsure(choices=choices, kind="unknown", arguments=read_arguments(args))


def _named(words: Words, reader: Reader) -> str | None:
    """The command whose whole name or alias the request is, as in "undo" or "interview guide"."""
    line = words.line.strip(" .!?")
    return reader.names.get(line) or reader.names.get(line.replace(" ", "-"))


# No command


def _against(words: Words, reader: Reader, best: str) -> tuple[NoneKind | None, float]:
    """What speaks for no command at all, and how strongly."""
    lines = (words.line[:READ], words.whole[:READ])
    # "Plan the launch" begins with a command's name, and is not for it.
    if words.words and words.words[0] in reader.own_names and words.words[0] == best:
        return None, 0.0
    for kind, patterns in none_patterns().items():
        if any(fits(pattern, lines) for pattern in patterns):
            return kind, NONE
    return None, 0.0


def _rival(ranked: Sequence[tuple[str, float]]) -> float:
    """The score of the best command that would not do as well as the first.

    Where `ask` and `where` are the first two, either answers: one in a sentence with its places,
    the other with all places. To ask which of them is meant would only cost a turn.
    """
    is_either = frozenset(name for name, _ in ranked[:2]) == _QUESTIONS
    return next((score for _, score in ranked[2 if is_either else 1 :]), 0.0)


def _is_lone_file(words: Words) -> bool:
    return words.words == (FILE,)


def _of_file(routes: Sequence[Route], arguments: Arguments) -> tuple[Choice, ...]:
    """What is most often done with a file that is named without a word of what to do."""
    known = {item.name for item in routes}
    args = " ".join(arguments.files)
    wanted = ("digest", "quotes", "read")
    return tuple(Choice(name=name, args=args, score=0.0) for name in wanted if name in known)


def _is_one_word(words: Words) -> bool:
    """Whether it is a lone subject such as "pricing": likeness of letters says nothing of it."""
    return len(words.words) == 1 and not words.is_question


def _undecided(
    text: str, words: Words, choices: tuple[Choice, ...], arguments: Arguments
) -> Unsure:
    """A bare subject is offered to the search; anything else keeps its nearest commands."""
    content = [word for word in words.words if not is_filler(word) and word != FILE]
    is_bare = 0 < len(content) <= 6 and not words.is_question and not is_to_program(words)
    is_weak = bool(choices) and (choices[0].score < TAU or _is_one_word(words))
    if not is_bare or not is_weak:
        return Unsure(choices=choices, kind="close", arguments=arguments)
    topic = bare_topic(text[:LONGEST]) or text[:LONGEST].strip()
    names = tuple(
        Choice(name=choice.name, args=choice.args or topic, score=choice.score)
        for choice in choices
    )
    return Unsure(choices=names, kind="topic", arguments=arguments)
