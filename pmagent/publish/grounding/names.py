"""Names of a text by their capitals, and whether sources name them too.

A capital in the middle of a sentence is a name; at its start, or in a title that capitalises every
word, it is one only where the word is no plain English and is not said in the sources without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from pmagent.nlp.common_words import bases, is_common
from pmagent.nlp.known_names import FIRST_NAMES, HONOURS
from pmagent.nlp.sentences import split_sentences
from pmagent.publish.grounding.days import MONTHS
from pmagent.publish.grounding.words import Token

_START = re.compile(
    r"(?:\A|[.!?:;…\n\"(\[]|(?<=\s)-|\A-)[\s\"'()\[\]*_#>`•·|~-]*\Z|[*#>•·|\"(\[][\s*_'\"]*\Z"
)
_GAP = 80
"""Characters before a word that are looked at."""
_TITLED = 0.6
"""Share of capitals among the longer words of a line that makes it a title."""
_LONG_WORD = 4
_CASED = 0.01
"""Share of capitals, `I` apart, from which a source has capitals at all."""
_PERSON_VERBS = frozenset(
    "said says thinks explains explained argues argued believes told tells asked asks wants "  # noqa: SIM905
    "recalls recalled remembers describes described admits warns warned joins joined".split()
)
_POSTS = frozenset("ceo cto cfo coo cpo vp pm dr mr mrs ms prof professor".split()) | HONOURS  # noqa: SIM905


class Names:
    """The words of sources: how each is written, and what stands beside it."""

    def __init__(self) -> None:
        self._capital: set[str] = set()
        self._plain: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        self._capitals = 0
        self._words = 0

    def add(self, tokens: Sequence[Token], *, is_said: bool = True) -> None:
        """Take in a source, or with `is_said` false names that may be named."""
        keys = [token.key for token in tokens]
        for token in tokens:
            if token.is_capital:
                self._capital.add(token.key)
                self._capitals += token.key != "i"
            else:
                self._plain.add(token.key)
        self._words += len(tokens) if is_said else 0
        self._pairs.update(pairwise(keys))
        # "Tomas J. Brill" is Tomas Brill.
        self._pairs.update(
            (one, three)
            for one, two, three in zip(keys, keys[1:], keys[2:], strict=False)
            if len(two) == 1
        )

    @property
    def is_cased(self) -> bool:
        """Whether the sources write names with capitals."""
        return self._capitals >= _CASED * self._words

    def holds(self, key: str) -> bool:
        """Whether the word is said, however it is written: whole, in two, or as a plural."""
        return any(
            form in self._capital or form in self._plain or form in self._joins
            for form in _numbers(key)
        )

    def knows(self, key: str) -> bool:
        """Whether the word is said in any form: `maps` for `mapping`."""
        return self.holds(key) or not self._bases.isdisjoint(bases(key))

    def has_pair(self, one: str, other: str) -> bool:
        """Whether the two stand side by side."""
        return (one, other) in self._pairs or self.holds(one + other)

    def allows(self, tokens: Sequence[Token], at: int, *, is_free: bool) -> bool:
        """Whether a token is no name, or one that the sources name."""
        token = tokens[at]
        if not token.is_capital or len(token.key) < 2 or token.is_figure:
            return True
        if self._is_named(token.key) or (not self.is_cased and self.holds(token.key)):
            return True
        if self._is_made_of_known(token):
            return True
        if not is_free or (token.is_mixed and not token.text.isupper()):
            return False
        return self._is_plain(tokens, at)

    def allows_pair(self, one: Token, other: Token) -> bool:
        """Whether two capitals side by side can be one name."""
        if self.has_pair(one.key, other.key):
            return True
        return any(
            len(token.key) < 2 or token.key in _POSTS or self._is_word(token)
            for token in (one, other)
        )

    @cached_property
    def _joins(self) -> set[str]:
        return {one + other for one, other in self._pairs}

    @cached_property
    def _bases(self) -> set[str]:
        return {base for word in self._plain | self._capital for base in bases(word)}

    def _is_named(self, key: str) -> bool:
        return any(form in self._capital or form in self._joins for form in _numbers(key))

    def _is_word(self, token: Token) -> bool:
        """Whether it is no part of a person's name: plain English, or said without a capital."""
        return (
            is_common(token.key)
            or (token.key in self._plain and token.key not in FIRST_NAMES)
            or token.text.isupper()
        )

    def _is_plain(self, tokens: Sequence[Token], at: int) -> bool:
        key = tokens[at].key
        if key in self._plain:
            return True
        if key in FIRST_NAMES or key in MONTHS:
            return False
        if not self._bases.isdisjoint(bases(key)):
            return True
        follows = tokens[at + 1].key if at + 1 < len(tokens) else ""
        is_somebody = follows in _PERSON_VERBS and not tokens[at + 1].text[:1].isupper()
        head = tokens[at].text.partition("'")[0].lower()
        return (is_common(key) or is_common(head)) and not is_somebody

    def _is_made_of_known(self, token: Token) -> bool:
        """`end.In`, `Q&A`, `GPT4` and `YouTube` for words that are said apart."""
        parts = [part for part in re.split(r"[.&]|(?<=[a-z])(?=\d)", token.text.lower()) if part]
        if len(parts) > 1 and all(self.holds(part) or is_common(part) for part in parts):
            return all(self.has_pair(*pair) for pair in pairwise(parts)) or "." in token.text
        return False


def read_spots(text: str, tokens: Sequence[Token]) -> list[bool]:
    """For each token, whether a capital there tells nothing: a start, or within a title."""
    spots = [
        at == 0 or _START.search(token.gap[-_GAP:]) is not None for at, token in enumerate(tokens)
    ]
    place = 0
    for start, end in split_sentences(text):
        first = place
        while place < len(tokens) and tokens[place].start < end:
            place += 1
        if _is_title([token for token in tokens[first:place] if token.start >= start]):
            spots[first:place] = [True] * (place - first)
        elif first < place:
            spots[first] = True
    return spots


def is_tied(one: Token, other: Token) -> bool:
    """Whether two capitals stand side by side as one name."""
    if not (one.is_capital and other.is_capital) or one.is_figure or one.is_possessive:
        return False
    return other.gap in {" ", "-", ". "} and (other.gap != ". " or len(one.key) == 1)


def _is_title(tokens: Sequence[Token]) -> bool:
    longer = [t for t in tokens if len(t.key) >= _LONG_WORD and not t.is_figure]
    if len(longer) < 2:
        return len(tokens) > 1 and all(t.is_capital for t in longer)
    return sum(1 for t in longer if t.text[0].isupper()) >= _TITLED * len(longer)


def _numbers(key: str) -> tuple[str, ...]:
    """The word as it is, and as one and many: `ledger`, `ledgers`."""
    forms = [key, f"{key}s", f"{key}es"]
    for ending, other in (("s", ""), ("es", ""), ("ies", "y")):
        if key.endswith(ending) and len(key) - len(ending) > 1:
            forms.append(key[: -len(ending)] + other)
    return tuple(forms)
