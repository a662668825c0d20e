"""Bytes made text that is safe to store: decoded, with plain line ends, without hidden characters.

Refuses what is not text. Never drops a word: what cannot be decoded is marked and warned about.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pmagent.errors import SkipError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY_STARTS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"\0\0\1\0", b"BM\0\0",
    b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!",
    b"\x28\xb5\x2f\xfd", b"\x7fELF", b"MZ\x90", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe",
    b"\xd0\xcf\x11\xe0", b"SQLite format 3\0", b"ID3\x03", b"ID3\x04", b"OggS", b"fLaC", b"wOFF",
    b"\0\0\0\x18ftyp", b"\0\0\0\x1cftyp", b"\0\0\0\x20ftyp", b"\x1aE\xdf\xa3", b"%PDF-",
)  # fmt: skip
_LEGACY = [
    "cp932", "shift_jis_2004", "euc_jp", "gb18030", "big5", "cp949", "cp1250", "cp1251", "koi8_r",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1252", "iso8859_2", "iso8859_5", "iso8859_7",
]  # fmt: skip
"""Encodings people's old files are in; the full list of the detector has too many look-alikes."""

_CONTROLS = bytes([*range(9), *range(14, 27), 28, 29, 30, 31, 127])
"""Not tab, line ends, vertical tab, form feed or escape, which text from terminals is full of."""
_HIGH = bytes(range(128, 256))
_MOST_CONTROLS_UTF8 = 0.2
_MOST_CONTROLS = 0.04
"""Random and packed bytes hold about 0.11; text in an old encoding holds next to none."""
_SAMPLE = 65536
_DETECTED = 16384
"""Bytes shown to the detector: more cost seconds and change nothing."""
_WESTERN_SHARE = 0.25
"""Western text has an accent now and then; other scripts are nearly all high bytes."""
_ENOUGH_NULS = 0.35
"""Share of NULs at every other byte from which it is UTF-16 without a mark."""

_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
_BLANKS = "\x0b\x0c\x85\u2028\u2029"
"""They would end a line for `str.splitlines`, and do not for an editor."""
_SUSPECT = re.compile(f"[{_INVISIBLE}{_BLANKS}\u200c\u200d\ud800-\udfff]")
_REMOVED = re.compile(f"[{_INVISIBLE}]")
_SHAPED = "\u0300-\u200b\u200e-\U0010ffff"
_LOOSE_JOINER = re.compile(
    # Joiners shape letters and emoji beyond Latin; between Latin letters they only hide words.
    f"(?<![{_SHAPED}])[\u200c\u200d]|[\u200c\u200d](?![{_SHAPED}])"
)
_BLANK = re.compile(f"[{_BLANKS}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    # The body stops at the next introducer or line end, so unterminated ones stay linear.
    r"|(?:\x1b[P\]X^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)


@dataclass(frozen=True, kw_only=True)
class Decoded:
    r"""A file's text: form NFC, lines ended by `\n`, without controls and invisible characters."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    r"""The text in `data`. `\r\n` and a lone `\r` end a line as `\n` does; nothing else does.

    Raises:
        SkipError: it is not text.
    """
    raw, encoding, warnings = _decode(data)
    if "\0" in raw:
        warnings += ("NUL characters were removed",)
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text=clean_text(raw), encoding=encoding, warnings=warnings)


def clean_text(text: str) -> str:
    r"""`text` in form NFC without escape sequences, controls and invisible characters.

    Keeps tabs and `\n`, and with it the number of lines. Applying it twice changes nothing more.
    """
    if text.isascii():
        if text.isprintable():
            return text
    elif not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    # A set of the characters is several times faster to look through than the text.
    if not _SUSPECT.search("".join(set(text))):
        return text
    bare = _SURROGATE.sub("\ufffd", _BLANK.sub(" ", _ESCAPE.sub("", text)))
    # What was apart only by something invisible may compose now.
    whole = unicodedata.normalize("NFC", _REMOVED.sub("", bare))
    return unicodedata.normalize("NFC", _LOOSE_JOINER.sub("", whole))


def _decode(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding)
    if data.startswith(_BINARY_STARTS):
        raise SkipError("not text")
    if (wide := _wide_encoding(data[:_SAMPLE])) is not None:
        return _replacing(data, wide)
    controls = _count(data, _CONTROLS) / max(1, len(data))
    if controls > _MOST_CONTROLS_UTF8:
        raise SkipError("not text")
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        pass
    if controls - data.count(0) / len(data) > _MOST_CONTROLS:
        raise SkipError("not text")
    return _replacing(data, _old_encoding(data))


def _replacing(data: bytes, encoding: str) -> tuple[str, str, tuple[str, ...]]:
    """Decoded with U+FFFD for what has no meaning, and a warning where there is such."""
    try:
        return data.decode(encoding), encoding, ()
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
    return text, encoding, (f"bytes that are not {encoding.upper()} were replaced",)


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 where every other byte of the sample is NUL, as in Latin text."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > _ENOUGH_NULS and even < _ENOUGH_NULS / 4:
        return "utf-16-le"
    if even > _ENOUGH_NULS and odd < _ENOUGH_NULS / 4:
        return "utf-16-be"
    return None


def _old_encoding(data: bytes) -> str:
    """The likeliest encoding of text that is not all UTF-8."""
    sample = _around_high_bytes(data)
    if _is_mostly_utf8(sample):
        return "utf-8"
    letters = len(sample) - _count(sample, bytes(range(65)))
    if _count(sample, _HIGH) <= _WESTERN_SHARE * max(1, letters):
        return "cp1252"
    best = from_bytes(sample, cp_isolation=_LEGACY).best()
    return best.encoding if best else "cp1252"


def _around_high_bytes(data: bytes) -> bytes:
    """A part of `data` that begins near its first byte beyond ASCII."""
    found = re.search(rb"[\x80-\xff]", data)
    start = max(0, found.start() - 256) if found else 0
    return data[start : start + _DETECTED]


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether whole UTF-8 sequences outnumber the broken ones: one bad byte is not an encoding."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(ord(character) > 127 for character in text) - broken
    return whole > broken


def _count(data: bytes, members: bytes) -> int:
    return len(data) - len(data.translate(None, members))
