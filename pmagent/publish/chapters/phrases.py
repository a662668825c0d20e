"""Phrases by which a chapter could be called: what is said in it, counted, with how it is used.

A phrase is a run of words without function words at its ends, as it is said. What is used as a verb
where it stands (`release of`, after `we`) is none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS

LONGEST = 4
"""Words of a phrase, small ones in its middle included."""
EARLY_WORDS = 150
"""Who leads on names the subject at once."""
KEPT = 15
"""Phrases of a chapter that are worth a comparison by meaning."""
EARLY_GAIN, NAME_GAIN, WORD_GAIN = 1.6, 1.4, 0.35
NOUN_SHARE = 0.4
"""Of its occurrences in which the words around let it be a noun."""

_RUN = re.compile(r"[^\s.,;:!?…()\[\]{}\"“”«»—–]+(?:[.,](?=\w)[^\s.,;:!?…()\[\]{}\"“”«»—–]+)*")
_BREAK = re.compile(r"[.,;:!?…()\[\]{}\"“”«»—–]|\s-+\s|\n")
_STOP_MARK = re.compile(r"[.!?…:\n]|^$")
_SOUND = re.compile(r"(?:[aeiouh]*h+m*|[hm]m+|mm+|uh|um|yep|yup|kay|ch|sh)(?:-\w+)?")
"""`mm-hmm`, `uh-huh`, `ooh`."""
_INNER = frozenset(("of", "for", "the", "in", "on", "to", "and", "a"))
_JOINING = frozenset(("of", "for", "in", "on", "to"))
_SMALL_WORDS = """
um uh uhm hmm mm mhm huh ah oh eh er hm yeah yep nope okay ok yes gonna wanna gotta kinda sorta
one two three four five six seven eight nine ten first second third bit lot lots kind sort stuff
thing
things way ways guy guys folks people person somebody someone anybody everyone everything anything
nothing
something today yesterday tomorrow week weeks month months year years day days time times minute
minutes
hour hours moment right good great nice cool awesome amazing interesting different same new old big
small
many much more most less least few other another next last able sure true really actually basically
probably maybe definitely obviously literally certainly exactly pretty quite also even still again
already
always never ever often sometimes usually now then here there back well however therefore instead
"""
_VERBS = """
accept add agree allow answer appear apply ask assume avoid be become begin believe bring build buy
call
care carry catch change check choose come consider continue copy could create cut decide define
depend
describe did die discuss do draw drop eat end enjoy ensure exist expect explain explore face fall
feel figure fill
find finish fit fix follow forget gain get give go grab grow guess handle happen hate have hear
help hold
hope imagine improve include involve join jump keep know lead learn leave let like listen live look
lose
love made make manage matter mean meet mention mind miss move need notice offer open own pay pick
play point
prefer prepare produce protect prove provide pull push put reach read realise realize receive
reduce remain
remember remove replace require run save saw say see seem sell send separate serve set share show
sit solve
sound speak spend stand start stay stick stop suggest suppose take talk teach tell thank think
throw try
turn understand use used wait walk want waste watch went win wish wonder work worry write
"""
_WEAK = frozenset(_SMALL_WORDS.split()) | STOP_WORDS
_VERB = frozenset(_VERBS.split())
_SUBJECTS = """
i you we they he she who to can could will would should might must may cannot do does did don't
didn't
doesn't won't can't couldn't wouldn't i'll you'll we'll they'll i'd you'd we'd gonna let's never
always also
just i've we've you've they've please not
"""
_SUBJECT = frozenset(_SUBJECTS.split())
_OBJECT = frozenset(
    ("it", "you", "me", "them", "him", "us", "this", "that", "these", "those", "my", "your", "our",
     "their")
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A phrase of one chapter."""

    text: str
    """As it is said most often there."""
    key: tuple[str, ...]
    worth: float


@dataclass
class _Seen:
    forms: Counter[str] = field(default_factory=Counter[str])
    count: int = 0
    nouns: float = 0.0
    is_early: bool = False


def phrases_of(parts: Sequence[str], *, without: frozenset[str]) -> list[list[Candidate]]:
    """For each part its phrases, best first, by words alone.

    What is said often here and in few other parts is worth most; `without` holds keys of names of
    who speaks. Cost is linear in the words.
    """
    counted = [_count(part, without) for part in parts]
    spread: Counter[tuple[str, ...]] = Counter()
    for seen in counted:
        spread.update(seen.keys())
    return [_rank(seen, spread, len(parts)) for seen in counted]


def _rank(
    seen: dict[tuple[str, ...], _Seen], spread: Counter[tuple[str, ...]], parts: int
) -> list[Candidate]:
    held: dict[tuple[str, ...], int] = {}
    for key, own in seen.items():
        for start in range(len(key)):
            for end in range(start + 1, len(key) + 1):
                if end - start < len(key):
                    inner = key[start:end]
                    held[inner] = max(held.get(inner, 0), own.count)
    found: list[Candidate] = []
    for key, own in seen.items():
        if own.nouns < NOUN_SHARE * own.count or (own.count < 2 and not own.is_early):
            continue
        text = _form(own)
        words = len([part for part in key if part not in _JOINING])
        said = math.log1p(max(0.3, own.count - held.get(key, 0)))
        special = 0.5 + math.log((parts + 1) / spread[key])
        gains = (EARLY_GAIN if own.is_early else 1.0) * (NAME_GAIN if _is_name(text) else 1.0)
        worth = said * special * (1 + WORD_GAIN * min(2, words - 1)) * gains
        found.append(Candidate(text=text, key=key, worth=worth))
    return sorted(found, key=lambda one: (-one.worth, one.key))[:KEPT]


def _count(part: str, without: frozenset[str]) -> dict[tuple[str, ...], _Seen]:
    found: dict[tuple[str, ...], _Seen] = {}
    index = 0
    for run, is_head in _runs(part):
        lowered = [word.lower().replace("’", "'") for word in run]
        keys = [key_of(word) for word in run]
        for start, end in _grams(lowered, run):
            key = tuple(keys[start:end])
            if all(word in without or word in _JOINING for word in key):
                continue
            seen = found.setdefault(key, _Seen())
            shown = " ".join(run[start:end])
            if start == 0 and is_head and shown[1:2].islower() and " " not in shown:
                shown = shown[:1].lower() + shown[1:]
            seen.forms[shown] += 1
            seen.count += 1
            seen.nouns += _noun_share(lowered, start, end)
            seen.is_early = seen.is_early or index + start < EARLY_WORDS
        index += len(run)
    return found


def _runs(part: str) -> Iterator[tuple[list[str], bool]]:
    """Words that no mark parts; True where they begin a sentence."""
    run: list[str] = []
    end, is_head = 0, True
    for found in _RUN.finditer(part):
        gap = part[end : found.start()]
        if run and _BREAK.search(gap):
            yield run, is_head
            run = []
        if not run:
            is_head = end == 0 or _STOP_MARK.search(gap) is not None
        run.append(found[0].strip("'’-*_"))
        end = found.end()
    if run:
        yield run, is_head


def _grams(words: Sequence[str], run: Sequence[str]) -> Iterator[tuple[int, int]]:
    edges = [_can_be_edge(word, shown) for word, shown in zip(words, run, strict=True)]
    for start, is_edge in enumerate(edges):
        if not is_edge or words[start] in _VERB:
            continue
        for end in range(start + 1, min(len(words), start + LONGEST) + 1):
            if not edges[end - 1]:
                if words[end - 1] in _INNER:
                    continue
                break
            inner = [word for word in words[start + 1 : end - 1] if word in _INNER]
            if not _can_end(words[end - 1], run[end - 1]) or not _is_inner(inner):
                continue
            if end - start == 1 and words[start] in PLAIN_WORDS:
                continue
            if all(word in PLAIN_WORDS or word in _INNER for word in words[start:end]):
                continue
            yield start, end


def _is_inner(inner: Sequence[str]) -> bool:
    """At most one small word inside, and `the` only behind one."""
    return inner in ([], ["of"], ["for"], ["in"], ["on"], ["of", "the"], ["to", "the"], ["and"])


def _can_be_edge(word: str, shown: str) -> bool:
    bare = word.removesuffix("'s")
    if len(bare) < 2 or _SOUND.fullmatch(bare):
        return False
    if "'" in bare or not any(character.isalpha() for character in bare):
        return False
    if bare in _WEAK or (len(bare) < 3 and not shown.isupper()):
        return False
    return not (len(bare) > 4 and bare.endswith("ly") and shown.islower())


def _can_end(word: str, shown: str) -> bool:
    """A phrase ends in a noun, not in `trained` or `useful`."""
    if word in _VERB and word not in PLAIN_NOUNS:
        return False
    if not shown.islower() or len(word) < 5:
        return True
    return not word.endswith(("ful", "ive", "ous", "able", "ible", "ized", "ised"))


_NOUNS = """
answer change check copy end face figure help hope increase lead need offer point play run
set share show sound start talk turn use work walk watch call care cut drop fall build
"""
PLAIN_NOUNS = frozenset(_NOUNS.split())
"""Verbs that are as often nouns: the words around decide."""


def _noun_share(words: Sequence[str], start: int, end: int) -> float:
    """How much the words around speak for a noun phrase, 0 to 1."""
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    if before in _SUBJECT or after in _OBJECT:
        return 0.2 if before == "to" else 0.0
    if words[end - 1].endswith("ed") and after in ("by", "to", "the", "a", "in", "with"):
        return 0.0
    if end - start == 1 and after and after not in STOP_WORDS and after not in _WEAK:
        return 0.4  # it describes the next word, as `deep` in `deep learning`
    return 1.0 if before in ("the", "a", "an", "of", "in", "for", "this", "") else 0.8


def _form(seen: _Seen) -> str:
    best = max(seen.forms.items(), key=lambda item: (item[1], item[0].islower(), item[0]))[0]
    return best.removesuffix("'s").removesuffix("’s")


def _is_name(text: str) -> bool:
    return any(character.isupper() for character in text)
