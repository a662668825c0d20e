"""Where a sentence may name something: runs of capitals, names with odd letters, titles, domains.

Only spans of the sentence as it stands; what is worth a link is decided by who counts them. In a
transcript without capitals the words after a cue ("a library called ..") are all there is to find,
beside names with digits or dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pmagent.discourse.lines import Line
from pmagent.nlp.known_names import FIRST_NAMES, HONOURS
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

CONTEXT = 48
"""Characters looked at on either side."""
LONGEST_NAME = 6
LONGEST_TITLE = 14
"""Words."""
LONGEST_WORD = 40
"""Characters: what is longer is no name, and would be slow to look at."""

_TOKEN = re.compile(r"[^\W_](?:[\w’'&+#./@-]*[\w+#])?")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"”]+[^\s<>()\[\]\"”.,;:!?]")
_QUOTED = re.compile(r"[\"“]([^\"“”]{3,110}?)[,.!?]?[\"”]")
_SPEECH = re.compile(
    r"^(?:No|Yes|Yeah|Hey|Oh|Okay|Well|So|Please|Hi|Hello)\b"
    r"|^(?:How|What|Why|When|Where|Who) "
    r"(?:do|does|did|is|are|can|could|would|will|should)\b"
    r"|\b(?:[Ii]['’](?:m|ll|ve)|don['’]t|can['’]t|won['’]t|gonna)\b"
)
"""What stands in quotation marks because somebody says it, not because it is called so."""
_SAID_DOMAIN = re.compile(
    r"(?i)\b[a-z0-9][\w-]{1,30}(?: [a-z0-9]\w{0,20})? dot "
    r"(?:com|org|net|io|ai|co|fm|dev|edu|gov|app)\b"
)
_TITLE_CUE = re.compile(
    r"(?i)\b(?:called|titled|entitled|named|book|novel|article|paper|post|blog|essay|episode|talk|"
    r"report|headline|podcast|course|series|documentary|story|piece)[,:]?"
    r"(?: (?:is|was|that['’]s|called|titled|entitled|named|from \w+|by \w+ \w+))?"
    r"(?: here)?(?: it['’]s)?[,:]? ?[\"“]?$"
)
CALLED = re.compile(
    r"\b(?:called|named) (?P<name>[a-z][\w.+#-]{2,24})"
    r"(?=[,.;:!?]|$| (?:and|which|that|where|is|was|for|to|by|in|it|you|they|we|from|on|with|so|"
    r"but))"
)
_NOUNISH = re.compile(r"(?:ing|ed|ly|tion|ment|ness|ity|ers?|ism|ics|ance|ence)$")
_MIXED = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}|[A-Za-z]-?\d|\d[A-Za-z]{1,3}\b.*[A-Z]")
_DOTTED = re.compile(
    r"(?i)[^\W\d_][\w-]+\.(?:js|cpp|net|com|org|io|ai|co|dev|fm|app|edu|gov|me|tv|xyz|earth|style|uk|de)$"
)
_CODE = re.compile(r"^[a-z]\w*\.\w+$", re.IGNORECASE)
_CONTRACTION = re.compile(r"['’](?:re|ve|ll|d|m|t)$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_DESCRIBES = re.compile(
    r"(?i)-(?:based|powered|driven|like|related|specific|style|level|ish|focused|enabled|native|only|"
    r"free|wide|scale|generated|built|trained|compatible|friendly|first|ready|aware|centric|type|"
    r"led|owned|heavy|sized|install(?:ed)?|everything|language|wise|esque|oriented|agnostic|[a-z]{2,}ed|[a-z]{2,}ing|[a-z]{2,}able)$"
)
_FILE = re.compile(
    r"(?i)\.(?:py|md|txt|json|csv|html?|ya?ml|pdf|png|jpg|sh|xml|tsx?|ipynb|exe|zip)$"
)
_JOBS = re.compile(
    r"(?i)^(?:(?:co-?)?founders?|c[a-z]o|head|director|vp|president|chair(?:man|woman)?|dean|"
    r"professor|member|minister|secretary|chief|manager|lead)$"
)
_ORDINAL = re.compile(r"(?i)^\d+(?:st|nd|rd|th|s|x|k|m|b|am|pm|gb|mb|tb|ms|hz|ghz|mhz|%|bn|d)?$")
_LINKS = """
of the for de la le da di du von van der del al
"""
_SMALLEST = """
a an and as at but by from in into is are it its on or that to vs with your you how my we be not
will can do does what when why which than
"""
_INSIDE = frozenset(_LINKS.split())
"""Small words within a name."""
_SMALL = _INSIDE | frozenset(_SMALLEST.split())
"""Small words within a title."""
_EMPTY_HEAD = STOP_WORDS | TALK_WORDS | PLAIN_WORDS | {"dear", "hey", "hello", "yeah", "okay"}
_BREAKS = re.compile(r"[.!?:;\"“”‘(\[–—…]|--|\*")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence that may name something."""

    text: str
    line: Line
    start: int
    """Its first character in the line."""
    is_head: bool = False
    """Whether its capital may be the sentence's."""
    is_title: bool = False
    """Whether it is read as a title: in quotation marks, or behind "a book called"."""
    is_cued: bool = False
    """Whether lower-case words are taken as a name only because of what stands before."""

    @property
    def before(self) -> str:
        """The characters before it."""
        return self.line.text[max(0, self.start - CONTEXT) : self.start]

    @property
    def after(self) -> str:
        """The characters behind it."""
        end = self.start + len(self.text)
        return self.line.text[end : end + CONTEXT]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    shape: int
    """0 lower case, 1 capital, 2 a name by its letters alone."""
    is_head: bool
    ends_run: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def find_spans(line: Line) -> Iterator[Span]:
    """The spans of one sentence; titles come before what stands beside them."""
    text = _without_urls(line.text)
    taken: list[tuple[int, int]] = []
    tokens = list(_tokens(text))
    if not any(token.shape for token in tokens) and "called" not in text and "named" not in text:
        yield from _domains(text, line)
        return
    for span in (*_titles(text, line, tokens), *_domains(text, line)):
        taken.append((span.start, span.start + len(span.text)))
        yield span
    for run in _runs(tokens, text):
        span = _named(run, line)
        if span is None:
            continue
        end = span.start + len(span.text)
        if not any(first <= span.start and end <= last for first, last in taken):
            yield span
    for found in CALLED.finditer(text):
        name = found["name"].rstrip(".-")
        if name.islower() and name not in _EMPTY_HEAD and not _NOUNISH.search(name):
            yield Span(name, line, found.start("name"), is_cued=True)


def find_odd_spans(line: Line) -> Iterator[Span]:
    """What needs no capital to be a name: addresses, said or written short."""
    text = _without_urls(line.text)
    yield from _domains(text, line)
    for found in _TOKEN.finditer(text):
        is_short = len(found[0]) <= LONGEST_WORD
        if is_short and _DOTTED.search(found[0]) and "@" not in found[0]:
            yield Span(found[0], line, found.start())


def _without_urls(text: str) -> str:
    return (
        _URL.sub(lambda found: " " * len(found[0]), text) if "/" in text or "www" in text else text
    )


def find_urls(text: str) -> list[tuple[int, str]]:
    """Every web address written out, with where it begins."""
    return [(found.start(), found[0]) for found in _URL.finditer(text)]


def words_of(text: str) -> list[str]:
    """The words of a span as tokens, as they stand."""
    return _TOKEN.findall(text)


def _titles(text: str, line: Line, tokens: Sequence[_Token]) -> Iterator[Span]:
    end = 0
    for found in _QUOTED.finditer(text):
        inner = found[1].strip()
        words = words_of(inner)
        if not words or len(words) > LONGEST_TITLE or _SPEECH.search(inner):
            continue
        is_cued = _TITLE_CUE.search(text[max(0, found.start() - 60) : found.start() + 1])
        is_raised = words[0][0].isupper() and len(words) > 1
        if (_is_title_cased(words) and (is_cued or len(words) > 1)) or (is_cued and is_raised):
            end = found.end()
            yield Span(inner, line, text.index(inner, found.start()), is_title=True)
    for place, token in enumerate(tokens):
        if token.start < end or not token.shape:
            continue
        if place and tokens[place - 1].shape and tokens[place - 1].end + 1 == token.start:
            continue
        if not _TITLE_CUE.search(text[max(0, token.start - 60) : token.start]):
            continue
        last = _title_end(tokens, place, text)
        if last > place + 1:
            end = tokens[last].end
            yield Span(text[token.start : end], line, token.start, is_title=True)


def _title_end(tokens: Sequence[_Token], first: int, text: str) -> int:
    """The last token of a title that begins at `first`: its small words may be in lower case."""
    last = first
    for place in range(first + 1, min(len(tokens), first + LONGEST_TITLE)):
        gap = text[tokens[place - 1].end : tokens[place].start]
        if gap not in (" ", ": ", " & ", " - "):
            break
        if tokens[place].shape:
            last = place
        elif tokens[place].text.lower() not in _SMALL or place - last > 3:
            break
    return last


def _is_title_cased(words: Sequence[str]) -> bool:
    telling = [word for word in words if word.lower() not in _SMALL]
    raised = sum(1 for word in telling if _shape(word))
    return bool(telling) and bool(_shape(words[0])) and raised >= max(1, round(0.75 * len(telling)))


def _domains(text: str, line: Line) -> Iterator[Span]:
    if " dot " not in text.lower():
        return
    for found in _SAID_DOMAIN.finditer(text):
        said = found[0]
        words = said.split()
        if len(words) == 4 and words[0].lower() in _EMPTY_HEAD:
            said = said[len(words[0]) + 1 :]
        yield Span(said, line, found.end() - len(said))


def _tokens(text: str) -> Iterator[_Token]:
    last = 0
    for found in _TOKEN.finditer(text):
        word, start = found[0], found.start()
        gap = text[last:start]
        is_head = not last or _BREAKS.search(gap) is not None
        last = found.end()
        bare = _POSSESSIVE.sub("", word)
        shape = 0 if _CONTRACTION.search(word) else _shape(bare)
        yield _Token(bare, start, shape, is_head, ends_run=bare != word)


@lru_cache(maxsize=20_000)
def _shape(word: str) -> int:
    if len(word) > LONGEST_WORD or _ORDINAL.match(word) or word in {"I", "OK"}:
        return 0
    if not any(letter.isalpha() for letter in word):
        return 0
    if _DESCRIBES.search(word) or _FILE.search(word):
        return 0
    if "/" in word and "." not in word:
        return 0  # "HR/hiring"
    if word.lower().partition("'")[0].partition("’")[0] in STOP_WORDS and not word.isupper():
        return 1 if word[0].isupper() else 0
    if _DOTTED.search(word) and "@" not in word:
        return 2
    if _CODE.match(word) and not word.isupper():
        return 0  # `st.cache` is a line of somebody's program
    if _MIXED.search(word):
        return 2
    if word.isupper() and len(word) > 1:
        return 2
    return 1 if word[0].isupper() else 0


def _runs(tokens: Sequence[_Token], text: str) -> Iterator[Sequence[_Token]]:
    """Names side by side, with "of" or "for" between them where they go on behind it."""
    place = 0
    while place < len(tokens):
        if not tokens[place].shape:
            place += 1
            continue
        last = place
        while (following := _next_in_run(tokens, last, text)) is not None:
            last = following
        yield tokens[place : last + 1]
        place = last + 1


def _next_in_run(tokens: Sequence[_Token], last: int, text: str) -> int | None:
    if tokens[last].ends_run:
        return None
    for place in range(last + 1, min(len(tokens), last + 4)):
        gap = text[tokens[place - 1].end : tokens[place].start]
        if gap not in (" ", " & ") or tokens[place].is_head:
            return None
        if tokens[place].shape or (place == last + 1 and _is_version(tokens[place].text)):
            return place
        if tokens[place].text.lower() not in _INSIDE or tokens[place].ends_run:
            return None
    return None


def _is_version(word: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}(?:\.\d{1,2})?", word))


def _named(run: Sequence[_Token], line: Line) -> Span | None:
    kept = _without_offices(_without_empty_ends(run))
    if not kept or len(kept) > LONGEST_NAME + 2:
        return None
    text = line.text[kept[0].start : kept[-1].end]
    is_head = kept[0].is_head and kept[0].shape < 2 and len(kept) == 1
    return Span(text, line, kept[0].start, is_head=is_head)


def _without_empty_ends(run: Sequence[_Token]) -> list[_Token]:
    """Without the words that only begin a sentence, and without small ones at either end."""
    kept = list(run)
    while kept and kept[0].shape < 2 and kept[0].text.lower() in _EMPTY_HEAD:
        is_name = not kept[0].is_head and len(kept) > 1 and kept[0].text.lower() not in STOP_WORDS
        if is_name:
            break
        kept = _from_capital(kept[1:])
    while kept and kept[-1].shape < 2 and kept[-1].text.lower() in STOP_WORDS:
        kept = list(reversed(_from_capital(kept[-2::-1])))
    return kept


def _from_capital(tokens: list[_Token]) -> list[_Token]:
    first = next((at for at, token in enumerate(tokens) if token.shape), len(tokens))
    return tokens[first:]


def _without_offices(run: list[_Token]) -> list[_Token]:
    """What an office is held in, and who without it: of "Dr. Ada Lane of the Tide Institute"."""
    kept = list(run)
    while len(kept) > 1 and kept[0].text.lower().rstrip(".") in HONOURS:
        kept.pop(0)
    place = next((at for at, token in enumerate(kept) if token.text == "of"), 0)
    if place and _JOBS.match(kept[place - 1].text):
        return _from_capital(kept[place + 1 :])
    is_person = place > 1 and kept[0].text.lower() in FIRST_NAMES
    return kept[:place] if is_person else kept
