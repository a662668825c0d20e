"""Compound sentences in parts that can each be read alone; a leading pronoun with its person.

A split that could change what is said is not made: nothing is cut out of quotations, conditions or
what somebody is reported to have said, and both halves must have a subject and a verb. English; a
sentence in another language stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PAST = (
    "began became bought brought built came chose cost cut did drew drove fell felt flew found "
    "gave got grew had heard held hit kept knew laid "
    "launched led left lent lost made met paid put ran "
    "read rose said sat saw sent set shot shut sold spent spoke stood swore taught thought told "
    "took went won wore wrote"
)
_HELPERS = (
    "is are was were has have had does did do can could will would may might must shall isn't "
    "aren't wasn't weren't hasn't haven't hadn't doesn't didn't don't can't couldn't won't "
    "wouldn't cannot remains"
)
_PRESENT = (
    "accounts adds allows asks begins belongs brings builds buys calls carries charges comes "
    "contains costs covers creates cuts defines describes "
    "employs ends explains gets gives goes grows helps "
    "holds hosts includes keeps knows leads leaves lets likes lives looks loses makes means needs "
    "offers opens owns pays plays produces provides reaches reads replaces requires returns runs "
    "says sees sells sends serves shows sits speaks spends stands starts stops supports takes "
    "teaches tells thinks tries turns uses wants wins works writes"
)
_VERBS = frozenset(f"{_PAST} {_HELPERS} {_PRESENT}".split())
_NOT_VERBS_LISTED = """
need seed feed speed weed breed bed red hundred sacred indeed embed shed unlimited united
"""
_NOT_VERBS = frozenset(_NOT_VERBS_LISTED.split())
_SAYS = re.compile(
    r"(?i)\b(?:sa(?:ys?|id)|t(?:ells?|old)|claim(?:s|ed)|argue[sd]?|explain(?:s|ed)|report(?:s|ed)|"
    r"writes?|wrote|according|believe[sd]?|th(?:inks?|ought)|ask(?:s|ed)|admit(?:s|ted)|add(?:s|ed)"
    r" that|note[sd]? that|if|unless|whether|although|because)\b"
)
_QUOTES = re.compile(r"[\"“”„«»]")
_NAME = r"[A-Z][\w’'&-]*(?:\s(?:of\s|the\s|de\s|van\s|von\s)?[A-Z][\w’'&-]*){0,3}"
_NOUNS = r"(?:[\w’'-]+\s){0,2}?[\w’'-]+"
_SUBJECT = re.compile(
    rf"(?P<subject>{_NAME}|(?:he|she|it|they|we|i|you|this|that|these|those|there)"
    rf"|(?:the|a|an|its|his|her|their|our|my|both|each|every|no)\s{_NOUNS})"
    r"\s(?:(?:also|now|then|never|still|already|only|even|\w+ly)\s)?(?P<verb>[\w’'-]+)\b",
)
_JOINT = re.compile(r"(?P<stop>;|,|)\s+(?:(?:and|but|while|whereas|yet)\s+)?")
_SHARED = re.compile(
    r"(?P<stop>,?)\s+(?:and|but)\s+(?:(?:then|later|also)\s+)?(?P<verb>[\w’'-]+)\s"
)
_RELATIVE = re.compile(
    r",\s(?P<who>which|who)\s(?P<verb>[\w’'-]+)\s(?P<rest>(?:[^,;]|,(?=\d))+)(?P<close>,\s|(?=[.!?]?$))"
)
_LAST_NOUN = re.compile(
    rf"(?:^|\s)(?P<noun>{_NAME}|(?P<article>(?i:the|a|an|its|his|her|their|our|my))\s"
    r"(?P<head>(?:[\w’'-]+\s){0,2}[\w’'-]+))$"
)
_NO_CLAUSE_VERBS_LISTED = """
he she it they we i you the a an his her its their our my this that these those there some
"""
_NO_CLAUSE_VERBS = frozenset(_NO_CLAUSE_VERBS_LISTED.split())
"""Behind "which" or "who" they say that it is the object, or no clause."""
_LINKS = frozenset(
    "of in on at for with by to from and or as than about into over under".split()  # noqa: SIM905
)
_PRONOUN = re.compile(r"^(?P<he>He|She)\b(?=\s|['’](?:s|d|ll)\b)|^(?P<his>His|Her)\s")
_PERSON = re.compile(
    r"(?<![\w.])[A-Z][a-zà-ÿ]+(?:[-’'][A-Z][a-z]+)?(?:\s[A-Z]\.)?"
    r"(?:\s(?:de|van|von|der|la|bin))?(?:\s[A-Z][\w’'-]*[a-zà-ÿ])(?:\s[A-Z][a-zà-ÿ]+)?"
)
_NO_PERSON_LISTED = """
new san los las saint st north south east west lake mount great united university college
"""
_NO_PERSON = frozenset(_NO_PERSON_LISTED.split())
_OTHERS_LISTED = """
husband wife brother sister father mother son daughter uncle aunt cousin friend colleague
"""
_OTHERS = frozenset(_OTHERS_LISTED.split())
"""Somebody else whom a pronoun behind them may mean."""
_TRAILING = " \t\n,;:—–-"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One statement of a sentence."""

    text: str
    start: int
    """Of the words it was made from, in the sentence."""
    end: int


def is_verb(word: str) -> bool:
    """Whether a word is, as far as can be told without a parse, a verb in a finite form."""
    lower = word.lower().replace("’", "'")
    if lower in _VERBS:
        return True
    is_past = len(lower) > 4 and lower.endswith("ed") and "-" not in lower
    return is_past and lower not in _NOT_VERBS


def has_verb(text: str) -> bool:
    """Whether some word of it is one."""
    return any(is_verb(word.strip('.,;:!?()"“”')) for word in text.split())


def split_parts(sentence: str) -> tuple[Part, ...]:
    """The statements of a sentence in order; the sentence alone where no split is safe.

    The spans cover every word but those that join two parts.
    """
    whole = Part(text=sentence, start=0, end=len(sentence))
    if _QUOTES.search(sentence) or _SAYS.search(sentence) or sentence.rstrip().endswith("?"):
        return (whole,)
    parts: list[Part] = []
    for start, end in _halves(sentence):
        parts.extend(_without_relative(sentence, start, end))
    return tuple(parts)


class Persons:
    """Who was named in a paragraph so far, and whom "He" or "She" then means."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._last = ""

    def read(self, sentence: str) -> None:
        """Take note of whom a sentence names; after two of them a pronoun is not plain."""
        found = dict.fromkeys(
            re.sub(r"['’]s?$", "", match[0])
            for match in _PERSON.finditer(sentence)
            if _is_person(match[0])
        )
        words = set(re.findall(r"[\w-]+", sentence))
        for name in self._known:
            if words & {name.split()[0], name.split()[-1]}:
                found[name] = None
        others = words & _OTHERS
        if len(found) == 1 and not others:
            self._last = next(iter(found))
            self._known.setdefault(self._last, "")
        elif found or others:
            self._last = ""

    def name_subject(self, text: str) -> str:
        """The sentence with a leading "He", "She", "His" or "Her" put as the person's name."""
        match = _PRONOUN.match(text)
        if match is None or not self._last:
            return text
        gender = "she" if match[0].strip() in {"She", "Her"} else "he"
        if self._known[self._last] not in {"", gender}:
            return text
        self._known[self._last] = gender
        own = "'s " if match["his"] else ""
        return f"{self._last}{own}{text[match.end() :]}"


def _is_person(name: str) -> bool:
    return not any(word.lower().strip(".") in _NO_PERSON for word in name.split())


def _halves(sentence: str) -> Iterator[tuple[int, int]]:
    """Spans between joints behind which a new subject and its verb stand."""
    start = 0
    for joint in _JOINT.finditer(sentence):
        is_bare = joint[0].strip() in {"", ","}
        if joint.start() <= start or is_bare:
            continue
        left = sentence[start : joint.start()]
        found = _SUBJECT.match(sentence, joint.end())
        if found is None or not is_verb(found["verb"]) or not _can_stand(left):
            continue
        # Without a comma only a name or a pronoun is sure not to go on with a list.
        if not joint["stop"] and not (found["subject"][0].isupper() or " " not in found["subject"]):
            continue
        yield start, joint.start()
        start = joint.end()
    yield start, len(sentence)


def _can_stand(text: str) -> bool:
    words = text.split()
    opening = words[0].lower() if words else ""
    is_bound = opening in {"when", "since", "as", "after", "before", "though", "once", "while"}
    return len(words) >= 3 and has_verb(text) and not is_bound


def _without_relative(sentence: str, start: int, end: int) -> Iterator[Part]:
    """The part, and a clause of "which" or "who" as a statement of its own."""
    text = sentence[start:end].rstrip(_TRAILING)
    clause = _RELATIVE.search(text)
    noun = _LAST_NOUN.search(text[: clause.start()]) if clause else None
    if clause is None or noun is None or _is_loose(noun, clause["verb"]):
        yield from _with_shared_subject(text, start)
        return
    main = text[: clause.start()] + (" " if clause["close"] else "") + text[clause.end() :]
    yield Part(text=_closed(main), start=start, end=start + len(text))
    named = noun["noun"]
    if noun["article"] and noun["article"].lower() in {"a", "an"}:
        named = f"the {noun['head']}"
    said = f"{named[0].upper()}{named[1:]} {clause['verb']} {clause['rest'].strip()}"
    yield Part(text=_closed(said), start=start + noun.start("noun"), end=start + clause.end())


def _is_loose(noun: re.Match[str], verb: str) -> bool:
    """Whether the words before a clause may be more than one thing, or are not its subject."""
    if not verb[:1].islower() or verb in _NO_CLAUSE_VERBS:
        return True
    words = noun["noun"].lower().split()
    return any(word in _LINKS or is_verb(word) for word in words)


def _with_shared_subject(text: str, offset: int) -> Iterator[Part]:
    """A statement for each verb: `Ana moved in 2019 and opened a shop` is told of Ana twice."""
    opening = _SUBJECT.match(text)
    if opening is None or not is_verb(opening["verb"]) or not opening["subject"][0].isupper():
        yield Part(text=_closed(text), start=offset, end=offset + len(text))
        return
    start, lead = 0, ""
    for joint in _SHARED.finditer(text, opening.end()):
        left, right = text[start : joint.start()], text[joint.start("verb") :]
        if not is_verb(joint["verb"]) or len(left.split()) < 4 or len(right.split()) < 4:
            continue
        if not re.search(r"\d|[A-Z]", right) or re.search(r"\b(?:that|who|which)\b", left):
            continue  # "a place that opened early and closed late" is one statement
        yield Part(text=_closed(lead + left), start=offset + start, end=offset + joint.start())
        start, lead = joint.start("verb"), f"{opening['subject']} "
    yield Part(text=_closed(lead + text[start:]), start=offset + start, end=offset + len(text))


def _closed(text: str) -> str:
    bare = " ".join(text.split()).rstrip(_TRAILING)
    bare = f"{bare[0].upper()}{bare[1:]}" if bare else bare
    return bare if bare.endswith((".", "!", "?", "…")) else f"{bare}."
