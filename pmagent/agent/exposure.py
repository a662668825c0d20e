"""Knows text of private reads again on its way out, however it is dressed up. Pure, in memory.

Not a wall: who controls every byte sent can hide anything in it. It stops what a model that was
talked into it does, which is to put the words, or the secret, into an address, a body or a command.

Text in one's own notes that many would write is no finding: a word by itself, two common ones, an
address. A run of words, a number among words, or eight characters of a key are.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.agent.exposure_forms import Form, fold, fold_hidden, forms_of
from pmagent.nlp.words import STOP_WORDS

KEPT_BYTES = 8_000_000
"""Text that is kept whole, the newest of it; what is older is kept as hashes of its windows."""
MOST_HASHES = 1_000_000
"""Of the older text: 24 MB of it. Beyond, the oldest is forgotten and `is_whole` turns false."""
LEAST = 12
"""Letters and digits in a row, the fewest that are a finding."""
_STEP = 4
_WINDOW = 8
_OLD_WINDOW = 24
_MOST_KEY_WINDOWS = 200_000
_MOST_FINDINGS = 8
_SHOWN = 60
_LONG_RUN = 24
"""Letters in a row, over several words, that are no chance whatever words they are."""

_ADDRESS = re.compile(
    r"\b(?:https?|ftp)://(?P<host>[^\s/?#\"'<>)\]]{1,253})[^\s\"'<>)\]]{0,4000}"
    r"|(?<![\w@.])(?P<bare>(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w@])(?:/[^\s\"'<>)\]]{0,4000})?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[-_](?=[^\W_])){7,127}")
_SWITCH = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_LEAST_SWITCHES = 4
_LEAST_DIGITS = 9


@dataclass(frozen=True)
class _Text:
    """One private text: its words, and the same without the blanks between them."""

    words: bytes
    solid: bytes


class Exposure:
    """What this session has read of its owner's own words. Used from one thread at a time."""

    def __init__(self, *, kept_bytes: int = KEPT_BYTES, most_hashes: int = MOST_HASHES) -> None:
        self._kept_bytes = kept_bytes
        self._most_hashes = most_hashes
        self.is_whole = True
        """False when more was read than is remembered, so that nothing is known of the rest."""
        self._texts: deque[_Text] = deque()
        self._bytes = 0
        self._old: deque[array[int]] = deque()
        self._hashes = 0
        self._keys: dict[bytes, str] = {}
        self._said = b""

    def remember(self, text: str) -> None:
        """Note a text that was read. Takes about 0.1 s a megabyte."""
        self._note_keys(text)
        words = fold_hidden(_ADDRESS.sub(" ", text)).encode("utf-8", "ignore")
        solid = words.replace(b" ", b"")
        if len(solid) < LEAST or any(known.words == words for known in self._texts):
            return
        self._texts.append(_Text(words, solid))
        self._bytes += len(words)
        while self._bytes > self._kept_bytes:
            oldest = self._texts.popleft()
            self._bytes -= len(oldest.words)
            self._retire(oldest)

    def said(self, text: str) -> None:
        """Note what the person typed: it may go where they want it, a key may not."""
        self._said += b" " + fold_hidden(text).encode("utf-8", "ignore").replace(b" ", b"")

    def carried(self, outgoing: str) -> Sequence[str]:
        """The pieces of private text that `outgoing` carries, in one case and without punctuation.

        Empty where there are none, or where nothing private was read.
        """
        found: dict[str, None] = {}
        if not self._texts and not self._keys and not self._old:
            return ()
        host = _host_of(outgoing)
        solids = [(_solid(form), form) for form in forms_of(outgoing)]
        for piece in self._pieces(solids, host):
            found.setdefault(piece[:_SHOWN])
            if len(found) >= _MOST_FINDINGS:
                break
        return tuple(found)

    def _pieces(self, solids: Sequence[tuple[bytes, Form]], host: str) -> Iterator[str]:
        for solid, _ in solids:
            yield from self._keys_in(solid, host)
        wanted = {window for solid, _ in solids for window in _windows(solid)}
        met: set[int] = set()
        for text in self._texts:
            for start in (0, _STEP):
                end = start + (len(text.solid) - start) // _WINDOW * _WINDOW
                if end > start:
                    met |= wanted.intersection(memoryview(text.solid)[start:end].cast("Q"))
        if met:
            for solid, form in solids:
                yield from self._runs(solid, form, met)
        yield from self._old_in(solids)

    # -- keys --------------------------------------------------------------------------------------

    def _note_keys(self, text: str) -> None:
        hosts = [(match.start(), match.end(), _host(match)) for match in _ADDRESS.finditer(text)]
        at = 0
        for match in _TOKEN.finditer(text):
            while at < len(hosts) and hosts[at][1] <= match.start():
                at += 1
            if not is_key(match.group()):
                continue
            is_inside = at < len(hosts) and hosts[at][0] <= match.start()
            host = hosts[at][2] if is_inside else ""
            solid = fold(match.group()).replace(" ", "").encode()
            for start in range(len(solid) - _WINDOW + 1):
                window = solid[start : start + _WINDOW]
                # A key that stands anywhere but in addresses of one host is private everywhere.
                known = self._keys.setdefault(window, host)
                if known != host:
                    self._keys[window] = ""
        if len(self._keys) > _MOST_KEY_WINDOWS:
            self.is_whole = False
            for window in list(self._keys)[: len(self._keys) - _MOST_KEY_WINDOWS]:
                del self._keys[window]

    def _keys_in(self, solid: bytes, host: str) -> Iterator[str]:
        for start in range(len(solid) - _WINDOW + 1):
            own = self._keys.get(solid[start : start + _WINDOW])
            if own is not None and (not own or own != host):
                yield solid[start : start + _WINDOW].decode("utf-8", "ignore")
                return

    # -- words -------------------------------------------------------------------------------------

    def _runs(self, solid: bytes, form: Form, met: set[int]) -> Iterator[str]:
        """The longest pieces of `solid` that stand in a private text and are worth naming."""
        at = 0
        while at <= len(solid) - _WINDOW:
            if int.from_bytes(solid[at : at + _WINDOW], _ORDER) not in met:
                at += 1
                continue
            start, end, text = self._longest(solid, at)
            if text is not None:
                piece = solid[start:end]
                if self._is_finding(piece, text, form):
                    yield piece.decode("utf-8", "ignore")
            at = max(end - _WINDOW + 2, at + 1)

    def _longest(self, solid: bytes, at: int) -> tuple[int, int, _Text | None]:
        """The longest piece around `at` that stands in one private text: (start, end, text)."""
        best: tuple[int, int, _Text | None] = (at, at + _WINDOW, None)
        for text in self._texts:
            if solid[at : at + _WINDOW] not in text.solid:
                continue
            start, end = _grown(solid, at, text.solid)
            if best[2] is None or end - start > best[1] - best[0]:
                best = (start, end, text)
        return best

    def _is_finding(self, piece: bytes, text: _Text, form: Form) -> bool:
        if len(piece.decode("utf-8", "ignore")) < LEAST:
            return False
        if form.is_disguised:
            return True
        if piece in self._said:
            return False
        return any(_is_telling(words) for words in _spelled(piece, text.words))

    # -- what is too old to be kept whole ----------------------------------------------------------

    def _retire(self, text: _Text) -> None:
        hashes = array("q", (
            hash(text.solid[at : at + _OLD_WINDOW])
            for at in range(0, len(text.solid) - _OLD_WINDOW + 1, _OLD_WINDOW)
        ))  # fmt: skip
        self._old.append(hashes)
        self._hashes += len(hashes)
        while self._hashes > self._most_hashes:
            self._hashes -= len(self._old.popleft())
            self.is_whole = False

    def _old_in(self, solids: Sequence[tuple[bytes, Form]]) -> Iterator[str]:
        if not self._old:
            return
        wanted = {
            hash(window): window
            for solid, _ in solids
            for at in range(len(solid) - _OLD_WINDOW + 1)
            if (window := solid[at : at + _OLD_WINDOW]) not in self._said
        }
        for hashes in self._old:
            for found in wanted.keys() & set(hashes):
                yield wanted[found].decode("utf-8", "ignore")


_ORDER = "little" if array("H", [1]).tobytes()[0] else "big"


def is_key(token: str) -> bool:
    """Whether `token` looks drawn at random: a password, a key, an account's number."""
    solid = "".join(filter(str.isalnum, token))
    if len(solid) < _WINDOW:
        return False
    if solid.isdecimal():
        return len(solid) >= _LEAST_DIGITS
    if len(_SWITCH.findall(solid)) >= _LEAST_SWITCHES:
        return True
    return _CONSONANTS.search(solid.casefold()) is not None


def _is_telling(words: Sequence[bytes]) -> bool:
    """Whether words in a row say more than any two people would both write.

    The first and the last may be parts of words.
    """
    told = [word.decode("utf-8", "ignore") for word in words]
    kept = [
        word
        for number, word in enumerate(told)
        if _is_content(word, is_whole=0 < number < len(told) - 1)
    ]
    if len(told) > 3 and sum(map(len, told)) >= _LONG_RUN:
        return bool(kept)
    least = 2 if any(any(map(str.isdecimal, word)) for word in kept) else 3
    return len(kept) >= least and sum(map(len, kept)) >= LEAST


def _is_content(word: str, *, is_whole: bool) -> bool:
    if word.isdecimal():
        return True
    return word not in STOP_WORDS and len(word) >= (3 if is_whole else 4)


def _spelled(piece: bytes, words: bytes) -> Iterator[Sequence[bytes]]:
    """The words that `piece` covers, at the first places where it stands."""
    pattern = re.compile(b" ?".join(re.escape(piece[at : at + 1]) for at in range(len(piece))))
    for count, match in enumerate(pattern.finditer(words)):
        yield match.group().split(b" ")
        if count == 4:
            return


def _grown(solid: bytes, at: int, text: bytes) -> tuple[int, int]:
    """The longest piece around a window, all of which stands in `text`."""
    start, end = at, at + _WINDOW
    step = 64
    while step:
        if end + step <= len(solid) and solid[start : end + step] in text:
            end += step
        else:
            step //= 2
    while start > 0 and solid[start - 1 : end] in text:
        start -= 1
    return start, end


def _windows(solid: bytes) -> Iterator[int]:
    for at in range(len(solid) - _WINDOW + 1):
        yield int.from_bytes(solid[at : at + _WINDOW], _ORDER)


def _solid(form: Form) -> bytes:
    return fold_hidden(form.text).replace(" ", "").encode("utf-8", "ignore")


def _host_of(outgoing: str) -> str:
    match = _ADDRESS.search(outgoing)
    return _host(match) if match else ""


def _host(match: re.Match[str]) -> str:
    host = match["host"] or match["bare"] or ""
    return host.rpartition("@")[2].partition(":")[0].casefold()
