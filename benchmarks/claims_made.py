"""Claims made from transcripts by controlled changes: a regression test that costs no one's time.

A sentence with a number or a name is put in the third person, loses its fillers and a few words,
and is left true, or has one part changed. Deterministic: what is chosen depends on a hash of the
sentence alone. Such claims are easier to word and harder to judge than people's; use them to see
a change for the worse and to choose among a few weights, not to fit many.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.discourse.lines import Line, lines_of
from pmagent.factcheck.numbers import MONTHS, read_numbers
from pmagent.factcheck.quantities import Quantity
from pmagent.factcheck.words import Lexicon
from pmagent.nlp.words import STOP_WORDS
from pmagent.retrieval.ports import SearchIndex

KINDS = ("true", "true", "number", "name", "negation", "speaker", "hidden")
_FILLERS = re.compile(
    r"(?i)(?:^|(?<=\s))(?:so|and|but|well|yeah|right|okay|like|you know|i mean|i think|i guess|"
    r"kind of|sort of|actually|basically|really|just|um|uh|also|now|then)(?:,|\s|$)\s*"
)
_PERSONS = (
    (r"\bI'm\b", "{0} is"),
    (r"\bI've\b", "{0} has"),
    (r"\bI'd\b", "{0} would"),
    (r"\bI'll\b", "{0} will"),
    (r"\bI was\b", "{0} was"),
    (r"\bI\b", "{0}"),
    (r"\b[Mm]y\b", "{0}'s"),
    (r"\bme\b", "{0}"),
    (r"\b[Ww]e're\b", "they are"),
    (r"\b[Ww]e've\b", "they have"),
    (r"\b[Ww]e\b", "they"),
    (r"\b[Oo]ur\b", "their"),
    (r"\bus\b", "them"),
)
_VERB = re.compile(
    r"\b(is|are|was|were|has|have|can|will|would|could|should|had)\b(?!\s*(?:not|n't))"
)
_NOT = re.compile(r"\b(?:not)\b\s|(?<=\w)n't\b")
_MONTH_NAMES = [name.title() for name in MONTHS]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A claim, what it should be called, and where it comes from."""

    text: str
    label: str
    kind: str
    path: str
    line: int
    said: str = ""
    """The changed part as the claim has it."""
    found: str = ""
    """As the sentence has it."""


def make_claims(index: SearchIndex, rows: Sequence[int], *, count: int) -> list[Made]:
    """About `count` claims from passages of these rows, kinds in turn."""
    lexicon = Lexicon(index)
    made: list[Made] = []
    for line in _candidates(index, rows):
        kind = KINDS[len(made) % len(KINDS)]
        claim = _make(line, kind, lexicon, index)
        if claim is not None:
            made.append(claim)
        if len(made) == count:
            break
    return made


def _candidates(index: SearchIndex, rows: Sequence[int]) -> Iterator[Line]:
    ordered = sorted(rows, key=lambda row: _hash(f"row {row}"))
    for row in ordered:
        [passage] = index.passages([row])
        lines = [line for line in lines_of(passage) if _fits(line)]
        if lines:
            yield min(lines, key=lambda line: _hash(line.text))


def _fits(line: Line) -> bool:
    words = line.text.split()
    has_part = bool(read_numbers(line.text)) or re.search(r"[a-z,] [A-Z][a-z]{2,}", line.text)
    return (
        10 <= len(words) <= 28 and bool(has_part) and line.is_whole and bool(line.speaker)
        and not line.is_question and bool(_VERB.search(line.text)) and "..." not in line.text
    )  # fmt: skip


def _make(line: Line, kind: str, lexicon: Lexicon, index: SearchIndex) -> Made | None:
    text, said, found, label = line.text, "", "", "supported"
    speaker = line.speaker or ""
    if kind == "number":
        changed = _other_number(text)
    elif kind == "name":
        changed = _other_name(text, lexicon)
    elif kind == "negation":
        changed = _negated(text)
    else:
        changed = (text, "", "")
    if changed is None:
        return None
    text, said, found = changed
    if kind in {"number", "name", "negation"}:
        label = "contradicted"
    plain = _plain(text, speaker, keep=said)
    if kind == "speaker":
        others = [name for name in index.speakers[:40] if name != speaker and " " in name]
        wrong = others[_hash(text) % len(others)]
        plain, said, found, label = f"{wrong} said that {plain}", wrong, speaker, "contradicted"
    elif _hash(text) % 2:
        plain = f"{speaker} said that {plain}"
    if kind == "hidden":
        label = "not_in_archive"
    path = line.passage.path
    at = line.passage.locator.first_line
    return Made(
        text=plain[:1].upper() + plain[1:],
        label=label,
        kind=kind,
        path=path,
        line=at,
        said=said,
        found=found,
    )


def _other_number(text: str) -> tuple[str, str, str] | None:
    numbers = [one for one in read_numbers(text) if one.kind != "ordinal" and one.high is None]
    if not numbers:
        return None
    one = numbers[_hash(text) % len(numbers)]
    said = _changed(one)
    return text[: one.start] + said + text[one.end :], said, one.text


def _changed(one: Quantity) -> str:
    if one.kind == "month":
        return _MONTH_NAMES[int(one.value + 4) % 12]
    if one.kind == "year":
        return str(int(one.value) + 2)
    value = one.value * (3 if _hash(one.text) % 2 else 0.4)
    sign = "$" if one.text.startswith("$") else ""
    mark = "%" if one.text.endswith("%") else ""
    return f"{sign}{max(2, round(value)) + (1 if value < 10 else 0):,}{mark}"


def _other_name(text: str, lexicon: Lexicon) -> tuple[str, str, str] | None:
    names = [
        token for token in lexicon.tokens(text)[1:]
        if lexicon.is_name(token, is_first=False)
        and not lexicon.is_person(token.lower)
        and token.text[0].isupper()
    ]  # fmt: skip
    if not names:
        return None
    old = names[_hash(text) % len(names)].text.removesuffix("'s")
    new = _POOL[_hash(old) % len(_POOL)]
    return (text.replace(old, new), new, old) if new != old else None


_POOL = (
    "Oracle",
    "Berlin",
    "Spotify",
    "Kubernetes",
    "Toyota",
    "Stanford",
    "Redis",
    "Samsung",
    "Dublin",
    "Walmart",
)


def _negated(text: str) -> tuple[str, str, str] | None:
    if _NOT.search(text):
        return _NOT.sub("", text, count=1), "", "not"
    found = _VERB.search(text)
    if found is None:
        return None
    return text[: found.end()] + " not" + text[found.end() :], "not", ""


def _plain(text: str, speaker: str, *, keep: str) -> str:
    for pattern, wanted in _PERSONS:
        text = re.sub(pattern, wanted.format(speaker), text)
    text = _FILLERS.sub("", text).strip()
    kept = [
        word for word in text.split()
        if word in keep
        or not word.islower()
        or word.strip(".,") in STOP_WORDS
        or _hash(text + word) % 100 >= 12
    ]  # fmt: skip
    return " ".join(kept)


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)
