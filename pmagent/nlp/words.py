"""Words of a text, which of them carry a question's meaning, and whether two words are one.

Fast and pure. English stop words are left out; other languages pass through whole, and their
frequent words weigh little because every score downstream is weighted by rarity.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CONTRACTION = r"(?:['’](?:s|t|re|ve|ll|d|m)\b)?"
_NUMBER_GOES_ON = r"(?:(?<=\d)[.,]\d+)*"  # 7,200 and 1.58 are one word each
_ASCII_WORD = re.compile(rf"[a-z0-9]+{_NUMBER_GOES_ON}{_CONTRACTION}")
_ANY_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"  # scripts without spaces: each character
    rf"|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+{_NUMBER_GOES_ON}{_CONTRACTION}"
)
_HISSING = ("ches", "shes", "sses", "xes", "zes")

QUESTION_WORDS = frozenset(
    "what when where which who whom whose why how whats whos "  # noqa: SIM905 - words, not a list
    "wheres hows whens".split()
)
"""They say what kind of answer is asked for, and stand in no answer."""

TALK_WORDS = frozenset(
    "say says said saying tell tells told talk talks talked "  # noqa: SIM905 - words, not a list
    "talking mention mentions mentioned mentioning discuss discusses discussed discussing "
    "discussion speak speaks spoke spoken speaking chat chatted cover covered covering bring "
    "brings bringing brought come comes came coming episode episodes show shows podcast "
    "transcript transcripts note notes guest guests host hosts listener listeners interview "
    "interviewed anyone anybody someone somebody anything something everyone everybody ever "
    "thing things time joke joked remember recall".split()
)
"""The words people wrap around what they look for: in an archive of talk they find everything."""

STOP_WORDS = QUESTION_WORDS | frozenset(
    "a about above after again against all also am an and any "  # noqa: SIM905 - words, not a list
    "are aren as at be because been before being below between both but by can cannot could couldn "
    "d did didn do does doesn doing don done down during each either else etc few for from "
    "further get gets getting give given go goes going gone got had hadn has hasn have haven "
    "having he her here hers herself him himself his i if in into is isn it its itself just "
    "know let like ll m made make makes making many may me might mine more most much must my "
    "myself neither no nor not now of off on once one only onto or other our ours ourselves out "
    "over own per please put quite rather re really s same she should shouldn since so some "
    "still such t than that the their theirs them themselves then there these they this those "
    "though through thus to too under until up upon us ve very via was wasn way we well were "
    "weren whether while will with within without won would wouldn yet you your yours yourself "
    "yourselves".split()
)
"""English, lower case; contractions as the index splits them (`don`, `t`, `ll`)."""

_FEW = 60
"""Content words a question may have; a pasted page is cut to its first ones."""


def tokens(text: str) -> list[str]:
    """Words in order, lower case: numbers whole, possessive endings kept, no punctuation."""
    lowered = text.lower()
    # Most passages are plain ASCII, for which the narrow class is a third faster.
    return (_ASCII_WORD if lowered.isascii() else _ANY_WORD).findall(lowered)


def content_terms(text: str) -> list[str]:
    """The words of a question that can stand in its answer, each once, in order of appearance.

    Words of talking about talk are left out unless they are all there is; so are stop words. At
    most 60: the rest of a longer question adds cost, not meaning.
    """
    words = list(dict.fromkeys(_bare(word) for word in tokens(text)))
    for unwanted in (STOP_WORDS | TALK_WORDS, STOP_WORDS, frozenset[str]()):
        kept = [word for word in words if _stem_of_contraction(word) not in unwanted]
        if kept:
            return kept[:_FEW]
    return []


def is_filler(word: str) -> bool:
    """Whether a lower-case word carries no subject: a stop word, or one of talking about talk."""
    bare = _stem_of_contraction(word)
    return bare in STOP_WORDS or bare in TALK_WORDS


def is_same_word(one: str, other: str) -> bool:
    """Whether two lower-case words differ at most by a plural or possessive ending."""
    return one == other or singular(one) == singular(other)


@lru_cache(maxsize=16_384)
def singular(word: str) -> str:
    """A form that a lower-case word shares with its plural and its possessive.

    Not always a word (`virus` gives `viru`), but stricter than a stemmer, which takes `federal` for
    `federated`.
    """
    word = _bare(word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(_HISSING):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word


def _stem_of_contraction(word: str) -> str:
    """`we` of `we'll`, `don` of `don't`."""
    return word.replace("’", "'").partition("'")[0]
