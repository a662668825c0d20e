"""A request's words as the router reads them: masked, corrected, without courtesies.

Pure. What a person's archive is about is open, what people ask of a program is not: so files, dates
and quoted words become one mark each, and only words near a command's own are corrected.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

FILE = "xfile"
QUOTED = "xquoted"
MARKS = frozenset({FILE, QUOTED})
"""What stands for a file's name, and for quoted words."""

LONGEST = 2_000
"""Characters of a request that are read; a pasted page is not routed by its end."""
FILE_PATTERN = re.compile(
    r"(?<![\w/])@?(?!(?:agents|claude)\.md\b)(?:[\w.-]+/)*[\w.-]+\.(?:md|markdown|txt|vtt|srt|sbv|docx|pdf|html?|csv|ipynb|ics|org)\b"
    r"(?:[:#]\d+(?::\d\d)*(?:-\d+)?)?"
    r"|(?<![\w/])@?(?:[\w.-]+/)+[\w.-]+(?:[:#]\d+(?::\d\d)*(?:-\d+)?)?"
    r"|\[\[[^\[\]]+\]\]|(?<!\w)@[\w-]*\w(?:#\d+(?::\d\d)+)?",
    re.IGNORECASE,
)
EPISODE_PATTERN = re.compile(
    r"\b(?:ep(?:isode)?|eps)(?:[ .#_-]|no\.?|number)*0*(?P<number>\d{1,4})\b"
    r"(?P<place>#\d+(?::\d\d)+)?(?:-[a-z][\w-]*)?",
    re.IGNORECASE,
)
QUOTED_PATTERN = re.compile(r"[\"“”«»„]([^\"“”«»„]{2,200})[\"“”«»„]|(?<!\w)'([^']{2,200})'(?!\w)")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "–": "-", "—": "-"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?(?:-[^\W_]+)*")
_COURTESY = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|well|right|um+|oh|oops|great|cool|thanks|thank you|sorry"
    r"|sorry if this is obvious|quick question|one more thing|also|and|but|then|now|pmagent"
    r"|pm agent|assistant|there|please|pls|plz|kindly|just|quickly|maybe"
    r"|(?:can|could|would|will) (?:you|u|we)(?: please| pls| kindly| maybe| just| quickly"
    r"| help me)*"
    r"|would you mind|do you mind|is it possible to|any chance you (?:can|could)"
    r"|i(?:'d| would) (?:like|love|want)(?: you)? to|i(?: just)? (?:want|need)(?: you)? to"
    r"|i(?:'d| would) (?:like|love)|let's|lets|help me(?: to)?|go ahead and|try to"
    r"|if you (?:can|could|don't mind|have a (?:sec|second|moment|minute))"
    r"|when you (?:get|have) a (?:sec|second|moment|minute|chance)"
    r"|i wonder(?: if)?|i was wondering(?: if)?|wondering"
    r"|can i(?: please)? (?:get|have|see)|could i(?: please)? (?:get|have|see)"
    r"|may i (?:get|have|see))\b[\s,.!:;-]*)+",
    re.IGNORECASE,
)
_AFTERWORD = re.compile(
    r"(?:[\s,.!;-]*\b(?:please|pls|plz|thanks(?: a lot| so much)?|thank you|thx|ty|cheers"
    r"|for me|if you (?:can|could|don't mind)|when you (?:get|have) a "
    r"(?:sec|second|moment|minute|chance)|asap|real quick|quickly)\b[\s.!?]*)+$",
    re.IGNORECASE,
)
_SHORT = {
    "u": "you", "ur": "your", "pls": "please", "plz": "please", "whats": "what's", "wheres":
    "where's", "hows": "how's", "whos": "who's", "wat": "what", "wht": "what", "whre": "where",
    "wher": "where", "wehre": "where", "teh": "the", "abt": "about", "abot": "about", "bout":
    "about", "summarize": "summarise", "summarized": "summarise", "summarizing": "summarise",
    "summaries": "summary", "tldr": "tl;dr", "tl": "tl;dr", "convo": "conversation", "colors":
    "colours", "color": "colour", "initialize": "initialise", "wich": "which", "hwo": "how",
    "shwo": "show", "hw": "how", "y": "why", "wanna": "want to", "gimme": "give me", "lemme":
    "let me", "organisation": "organization", "prds": "prd", "dont": "don't", "cant": "can't",
    "ive": "i've", "im": "i'm", "doin": "doing", "wen": "when", "wot": "what", "doc": "document",
    "docs": "documents", "convos": "conversations", "msg": "message", "subagents": "sub-agents",
    "subagent": "sub-agent", "w": "with", "thats": "that's", "didnt": "didn't", "wasnt": "wasn't",
    "sth": "something", "r": "are", "mins": "minutes", "hlep": "help", "hepl": "help",
}  # fmt: skip

_IZE = re.compile(r"iz(?=(?:e|es|ed|ing|ation)$)")


@dataclass(frozen=True, kw_only=True)
class Words:
    """A request, read."""

    line: str
    """Lower case on one line with files and quotes masked, corrected, without courtesies."""
    whole: str
    """The same with its courtesies: "can you write to my notes" is a question too."""
    words: tuple[str, ...]
    """Of `line`, in order."""
    is_question: bool
    """Whether it ends as a question does."""


def read_words(text: str, known: Collection[str]) -> Words:
    """The request's words; a word that is nearly one of `known` becomes it.

    `known` are the words by which commands are asked for. Plain English words are never changed.
    """
    head = " ".join(text[:LONGEST].translate(_APOSTROPHES).split())
    is_question = head.rstrip(" .!\"')").endswith("?")
    masked = EPISODE_PATTERN.sub(f" {FILE} ", FILE_PATTERN.sub(f" {FILE} ", head))
    masked = QUOTED_PATTERN.sub(f" {QUOTED} ", masked).lower()
    masked = _WORD.sub(lambda found: correct(found[0], known), masked)
    masked = masked.replace("tl;dr;dr", "tl;dr")
    whole = " ".join(masked.split())
    line = strip_courtesy(whole)
    found = tuple(word[0] for word in _WORD.finditer(line))
    return Words(line=line, whole=whole, words=found, is_question=is_question)


def strip_courtesy(line: str) -> str:
    """What is left of a line without "could you please" and "thanks"."""
    bare = _AFTERWORD.sub("", _COURTESY.sub("", line)).strip(" ,;:-")
    return bare or line


def correct(word: str, known: Collection[str]) -> str:
    """The known word this lower-case one is a slip of, else itself.

    One slip (a letter too many, missing, wrong, or two swapped) in five letters or more, two in
    nine or more, and never in the first letter, where few slips are.
    """
    if word in _SHORT:
        return _SHORT[word]
    word = _IZE.sub("is", word)
    if len(word) < 5 or word in known or word in PLAIN_WORDS or _is_plain(word):
        return word
    near = [
        (distance, other)
        for other in known
        if other[0] == word[0] and len(other) > 4 and abs(len(other) - len(word)) < 3
        # In five letters a wrong one is as often another word: "prime" is no slip of "price".
        if not len(word) == len(other) == 5 or sorted(word) == sorted(other)
        if (distance := slips(word, other)) <= (2 if min(len(word), len(other)) > 8 else 1)
    ]
    if not near:
        return word
    found = min(near)[1]
    # "models" and "model" are both words: an ending is no slip.
    return word if word.startswith(found) or found.startswith(word) else found


def slips(one: str, other: str) -> int:
    """Edits between two words, two swapped letters counting as one (Damerau, 1964)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, right in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and right == one[i - 2]:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


def stem(word: str) -> str:
    """A form that a command word shares with its plural and its simple verb forms."""
    if word in MARKS:
        return word
    for ending in ("'s", "ing", "ies", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return word


def stems(words: Iterable[str]) -> list[str]:
    """Of each word in order."""
    return [stem(word) for word in words]


def _is_plain(word: str) -> bool:
    return word in STOP_WORDS or word in TALK_WORDS
