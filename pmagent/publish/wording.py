"""What somebody said, shortened so that it reads: words are left out, and none is ever put in.

Left out are fillers, stutters, false openings, what the transcriber put in brackets, and the name
of who is spoken to. What carries meaning stays: hedges, negations and who did it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from pmagent.discourse.salience import is_clear, is_greeting, is_torn, stands_alone

LONGEST = 300
"""Characters of a sentence in print."""

_MARKS = re.compile(
    r"\{[^}]{0,60}\}|\\?\[(?![^\]]*\]\()[^\]]{0,60}\]|\((?:laugh\w*|music|pause"
    r"|applause)[^)]{0,30}\)"
)
_LOST = re.compile(
    r"(?i)[\[{](?:[^\]}]*(?:gap|inaudible|unintelligible|indistinct|crosstalk|disf|cut\s?off"
    r"|\?)[^\]}]*)[\]}]"
)
"""Marks where words are missing, or a sentence was begun anew."""
_SPACED = re.compile(r"\s+([,.;:!?%)])|(?<=\w)\s(?=['’](?:s|t|re|ve|ll|d|m)\b)|\s+(?=n['’]t\b)")
_HEADS = (
    r"yeah|yep|yes|okay|ok|alright|all\sright|right|well|oh|ah|so|and|but|now|look|listen|anyway"
    r"|basically|actually|honestly|obviously|again|also|then|sure|exactly|absolutely|definitely"
    r"|great|cool|good|hmm+|mm+|mm-hmm|uh-huh|i\smean|you\sknow|you\ssee|of\scourse|by\sthe\sway"
    r"|like|in\sparticular|specifically|ultimately|essentially|interesting|perfect|correct|true"
    r"|indeed|frankly|literally|hey"
)
_BARE_HEAD = re.compile(
    r"(?i)^(?:(?:and|but|so)\s(?:(?:so|then|also|yeah|now|basically)\b)?|now\s(?=i|we|the|you"
    r"|it)|okay\s|yeah\s|oh\s|well\s)\s*(?=\w)"
)
_HEAD = re.compile(rf"(?i)^(?:(?:{_HEADS})\b\s?(?:[,.…—–-]+\s|,))+\s*")
_HUM = re.compile(
    r"(?i)(?:(?<=[,.…])|(?<=\w)|^|(?<=-))\s*\b(?:um+|uh+|uhm|er|erm|hmm+|mm+|mm-hmm"
    r"|uh-huh)\b(?!-)\s?[,.…]*"
)
_ASIDE = re.compile(
    r"(?i),\s(?:you\sknow|i\smean|sort\sof|kind\sof|like|right|okay|ok|yeah|well|basically"
    r"|actually|honestly|literally|obviously|you\ssee|let['’]s\ssay|so\sto\sspeak"
    r"|of\scourse)(?=,\s)"
)
_SOFT = re.compile(
    r"(?i)(?<!\ba)(?<!\bthe)(?<!\bthis)(?<!\bthat)(?<!\bthese)(?<!\bthose)(?<!\bwhat)(?<!\bany)"
    r"(?<!\bsome)(?<!\bevery)(?<!\bsame)(?<!\bone)(?<!\ball)(?<!\bother)(?<!\banother)(?<!\bno)"
    r"(?<!\bwhich)(?<!\beach)(?<!\bof)(?<!\bnew)(?<!\bdifferent)(?<!\bright)(?<!\bcertain)"
    r"\s(?:(?:sort|kind)\sof|sorta|kinda)(?=\s(?!thing|stuff|people))"
)
_YOU_KNOW = re.compile(
    r"(?i)(?<=\w)\s(?:you\sknow),?(?=\s(?:the|a|an|it|if|we|i|they|in|on|for|to|this|that|like"
    r"|just|so)\b)(?<!do\syou\sknow)"
)
_ASKED = re.compile(
    r"(?i)\b(?:do|did|if|as|that|let|what|all|when|before|how|would|might|and)\syou\sknow\b"
)
_TAIL = re.compile(
    r"(?i),\s(?:right|okay|ok|yeah|you\sknow|you\sknow\swhat\si\smean|huh|no|isn['’]t\sit|basically"
    r"|actually|so\syeah|or\ssomething|or\swhatever|and\sso\son|and\sstuff|i\sguess|so)\s?[?.!]$"
)
_CUT_OFF = re.compile(r"(?i)\b\w{1,6}-(?=[\s,.]|$)|\.\.\.|…|\s(?:--?|—|–)\s|--|\b(\w{4,})\s\1\w+\b")
"""A word or a sentence broken off, or begun again: "train training"."""
_INTRODUCED = re.compile(
    r"(?i:\b(?:i am|i['’]m|my name is|my name['’]s)) [A-Z]\w+ [A-Z]\w+|https?://"
)
"""Who somebody is, which the opening says, and addresses."""
_LETTERS = re.compile(r"(?<![\w'’.&-])(?![aAI]\b)[b-zB-Z](?![\w'’.&+#-])(?=\s+\w)")
_ECHO = re.compile(
    r"(?i)\b(?!that\b|had\b|very\b|really\b|it\b|him\b|her\b|no\b|many\b"
    r"|so\b)((?:[\w'’]+\s){0,3}[\w'’]+)"
    r"(?:(?:,?\s|\s?[…—–-]+\s)\1\b)+"
)
"""One word or a few said twice; "it, it is" and "very, very" may be meant."""
_CHATTER = re.compile(
    r"""(?ix)\b(?: live\sfrom | (?:can|could)\s(?:you|everybody)\s(?:hear|see)\s(?:me|us|my)
    | (?:next|last|first)\sslide | thank\syou | thanks | sorry | welcome | hello
    | congratulations | pardon
    | nice\sto\s(?:see|meet|have) | (?:good|great)\s(?:question|point|morning|evening|afternoon)
    | you['’]re\s(?:right|muted) | let\sme\s(?:see|think|just) | my\s(?:microphone|mike|mic
    |screen|audio)
    | are\swe\s(?:on|recording|live) | happy\s(?:birthday|new) | what['’]s\sup | cheers | bye
    | subscribe | (?:this|our|your|the)\s(?:podcast|show|episode|sponsor|listeners?|audience)
    | sponsor(?:ed)?\sby
    | i\s(?:don['’]t|do\snot)\sknow | i\s(?:forgot|forget|can['’]t\sremember) | as\s(?:i|you
    |we)\s(?:have\s)?(?:said|mentioned)
    | like\s(?:i|you)\s(?:said|say|mentioned) | what\si['’]m\s(?:saying|trying)
    | i['’]m\s(?:just\s)?(?:kidding|joking)
    | episode | podcast | (?:let['’]s|we['’]ll|going\sto|gonna|will)\s(?:\w+\s)?(?:talk|discuss
    |cover|skip|move\son|get\sto|get\sinto|start\swith|begin|hear\sfrom|go\sto)
    | (?:i|we)['’]ll\s(?:get|come)\s(?:back|to) | haha | laugh\w* | lol | whatever | blah )\b"""
)
_POINTING = re.compile(
    r"(?i)\b(?:over\shere|right\shere|this\sone|that\sone|as\syou\scan\ssee|on\sthe\s(?:left"
    r"|right)\b|up\sthere)"
)
_LOOSE_HEAD = re.compile(
    r"(?ix)^(?:[\w'’-]+,?\s){0,3}(?:it|they|he|she|him|them|it['’]\w+|they['’]\w+|he['’]\w+"
    r"|she['’]\w+)\b"
    r"|^(?!this|us|always|besides|sometimes|perhaps|yes|his)\w+[^s\W]s\s(?:a|an|the|it|you|to"
    r"|that)\b"
    r"|^[A-Z][\w'’]+\s(?!thing|during)\w{2,}ing\s(?:the|a|an|that|to|it|her|his|their|my|our"
    r"|your|in|on|at|for)\b"
    r"|\"\s\w+\s\""
)
"""A pronoun for what was said before, a verb without its subject, loose quotation marks."""
_PRONOUN_HEAD = re.compile(
    r"(?ix)^(?:it|its|it['’]s|he|she|they|them|their|his|her|this|that|these|those|there|here"
    r"|that['’]s|there['’]s|here['’]s|what|which|who|because|['’]?cause|cuz|coz|if\s(?:it|that"
    r"|they|he|she)"
    r"|when\s(?:it|that|they|he|she)|i\sthink\s(?:it|that|this|they|so|yes|no|he|she)"
    r"|you\s(?:do|did|can|are|have|just)\b|one\s(?:is|was|for)"
    r"|the\s(?:other|same)\b|(?:the|another)\s(?:\w+\s)?one\b"
    r"|(?:in|at|by|for|with|on|from|like|of)\s(?:this|that|these|those)\b"
    r"|(?:\w+\s){1,5}of\s(?:that|those|them|these|it)\b)\b"
)
_STATES = re.compile(
    r"""(?ix)\b(?: is|are|was|were|be|been|am|has|have|had|does|did|do|can|cannot|could|will
    |would|should|must|may|might
    | need(?:s|ed)?|want(?:s|ed)?|wins?|mean(?:s|t)?|make[s]?|made|get[s]?|got|go(?:es)?|went
    |give[s]?|gave|take[s]?|took|come[s]?|came
    | know[s]?|knew|think[s]?|thought|say[s]?|said|see[s]?|saw|find[s]?|found|work(?:s|ed)?
    |use[sd]?|look(?:s|ed)?|feel[s]?|felt|seem[s]?
    | keep[s]?|kept|let[s]?|pay[s]?|paid|cost[s]?|buy[s]?|bought|sell[s]?|sold|build[s]?|built
    |live[sd]?|help(?:s|ed)?|start(?:s|ed)?
    | stop(?:s|ped)?|turn(?:s|ed)?|happen(?:s|ed)?|change[sd]?|depend[s]?|matter[s]?|become[s]?
    |became|lose[s]?|lost|show(?:s|ed)?|tell[s]?|told
    | read[s]?|write[s]?|wrote|run[s]?|ran|add(?:s|ed)?|calls?|ask(?:s|ed)?|decided?
    |agreed?|learn(?:s|ed)?|try|tries|tried|move[sd]?
    )\b | ['’](?:m|re|ll|d|ve)\b | n['’]t\b | \b(?:it|that|there|he|she|who|what|where|here
    |how)['’]s\b
    | \b(?:i|we|you|they|he|she|it|who|people|everybody|everyone|nobody|somebody)\s\w{3,}(?:s
    |ed)\b"""
)
"""What a sentence has and a fragment has not: a verb that says something of somebody."""
_BESIDE = re.compile(
    r"(?i)\b(?<!think )(?<!know )(?<!say )(?<!said )(?:that|which|who|whom)"
    r"\s(?:i|we|you|they|he|she|it|people)(?:['’]\w+|\s\w+)"
)


@lru_cache(maxsize=8192)
def tidy(text: str) -> str:
    """The text on one line without marks in brackets, and with no space before its stops."""
    bare = _MARKS.sub(" ", _LOST.sub(" … ", text))
    return _SPACED.sub(r"\1", " ".join(bare.split())).strip()


@lru_cache(maxsize=16_384)
def shorten(text: str, names: tuple[str, ...] = ()) -> str:
    """The sentence without fillers, stutters and the names of those it speaks to.

    `names` are the speakers'. Every word of the result stands in `text`, in the same order; only a
    first letter may become a capital, and a comma or tag at the end a full stop.
    """
    words = tidy(text)
    words = _HUM.sub(" ", words)
    words = _ASIDE.sub("", words)
    if not _ASKED.search(words):
        words = _YOU_KNOW.sub("", words)
    words = _SOFT.sub("", words)
    words = _without_head(words, names)
    words = _one_of_each(words)
    words = _TAIL.sub(".", words)
    words = _without_called(words, names)
    return _capital(_mend(words))


def reads_well(text: str, *, fewest: int = 8, most: int = 40) -> bool:
    """Whether a shortened sentence can stand alone in print: no chatter, stutter, loose "it"."""
    count = len(text.split())
    return (
        fewest <= count <= most
        and text.rstrip("\"'”’)").endswith((".", "!"))
        and not _CUT_OFF.search(text)
        and not _LETTERS.search(text)
        and not _INTRODUCED.search(text)
        and not _CHATTER.search(text)
        and not _POINTING.search(text)
        and not _PRONOUN_HEAD.match(text)
        and not _LOOSE_HEAD.search(text)
        and states(text)
        and text.count("(") == text.count(")")
        and not is_torn(text)
        and not is_greeting(text)
        and is_clear(text)
        and stands_alone(text)
    )


def ends_plainly(text: str) -> bool:
    """Whether a sentence of a language that is not known ends as one, and is not a whole page."""
    is_ended = text.endswith((".", "!", "。", "！"))
    return is_ended and len(text) <= LONGEST and "://" not in text


def states(text: str) -> bool:
    """Whether somebody does or is something in it, beside clauses such as "that we have"."""
    return _STATES.search(_BESIDE.sub(" ", text)) is not None


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` characters, ended on a whole word that is no loose end."""
    if len(text) <= limit:
        return text
    words = text[: limit - 1].rsplit(" ", 1)[0].split()
    while len(words) > 1 and _is_loose(words[-1]):
        words.pop()
    return " ".join(words).rstrip(",;:—–- ") + "…"


def join_names(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


_LOOSE = frozenset(
    "a an the of in on at to for with by from and or but that which who as is are was "  # noqa: SIM905
    "were be our your my their his her its this these those so if when because than not "
    "very more".split()
)


def _is_loose(word: str) -> bool:
    return word.lower().strip(",.;:") in _LOOSE or word.endswith((",", ";", ":", "—", "–"))


def _without_head(text: str, names: Collection[str]) -> str:
    """Openings that say nothing, one after the other."""
    callings = _callings(names)
    for _ in range(6):
        before = text
        text = _HEAD.sub("", text)
        text = _BARE_HEAD.sub("", text)
        head, comma, rest = text.partition(", ")
        if comma and head.lower() in callings and rest:
            text = rest
        if text == before:
            break
    return text


def _without_called(text: str, names: Collection[str]) -> str:
    """`Thanks for the figures, Lee.` loses Lee, who is spoken to."""
    found = re.search(r", ([A-Z]\w+)([.!?])$", text)
    return (
        text[: found.start()] + found[2] if found and found[1].lower() in _callings(names) else text
    )


def _callings(names: Collection[str]) -> frozenset[str]:
    return frozenset(form.lower() for name in names for form in (name, name.split()[0]) if form)


def _one_of_each(text: str) -> str:
    """`the the price` and `it's a it's a price` with each said once."""
    for _ in range(3):
        once = _ECHO.sub(r"\1", text)
        if once == text:
            break
        text = once
    return text


def _mend(text: str) -> str:
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    text = re.sub(r",(?:\s?,)+", ",", text)
    text = re.sub(r",\s?([.!?])", r"\1", text)
    return text.lstrip(",.;:-–—… ")


def _capital(text: str) -> str:
    first = text.split(" ", 1)[0]
    # "iPhone" and "npm.js" keep their own spelling.
    return (
        text[:1].upper() + text[1:]
        if (first.rstrip(",;:").isalpha() and first.islower()) or "'" in first
        else text
    )
