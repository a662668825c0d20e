"""The forms in which text can hide in what is sent: encoded, split, turned round. Pure.

Decodes what could be decoded, however often it was wrapped, up to a bound. What comes out is only
compared with what was read here; it is never shown, run or sent.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

MOST_CHARACTERS = 200_000
_TIMES = 4
"""Of all decoded forms together, or this many times what is sent: wrappings seldom grow."""
_DEEPEST = 4
_SEPARATORS = re.compile(r"[\W_]+")
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2}))")
_VALUE = re.compile(r"([\w.\-\[\]]{0,60})=([^&?#;\s=]{0,100000})")
_QUOTED = re.compile(
    r'"([^"\\]{0,100}(?:\\.[^"\\]{0,100}){0,50})"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.)*)"'
)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}(?:0x|\\x|%|[\s:,.&=/-]){0,3}){8,}")
_NOT_HEX = re.compile(r"0x|\\x|[^0-9a-fA-F]")
_NUMBERS = re.compile(r"(?:\d{2,3}[\s,;.+&/-]{1,3}){7,}\d{2,3}")
_BASE64 = (r"[^A-Za-z0-9+/]", r"[^A-Za-z0-9_-]", r"[^A-Za-z0-9]")
_URL_SAFE = str.maketrans("-_", "+/")
_NOT_BASE32 = re.compile(r"[^A-Za-z2-7]")
_SHORTEST = 12
_HIDING = re.compile("\\w[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff\U000e0000-\U000e0fff]+\\w")
"""Something that cannot be seen between two letters. Joiners are left out: scripts need them."""
_READABLE = re.compile(r"[\w \t\r\n.,;:!?'\"()/@$€%&*+=<>#\x00-]{8,}")
"""What text looks like among the noise that a decoding gives of what was not encoded."""


@dataclass(frozen=True)
class Form:
    """One way to read what is sent."""

    text: str
    is_disguised: bool
    """Whether an innocent sender has no reason to write it like this."""


def forms_of(outgoing: str) -> Iterator[Form]:
    """Every reading of `outgoing`, the plain one first."""
    left = max(MOST_CHARACTERS, _TIMES * len(outgoing))
    seen: set[str] = set()
    waiting = [(Form(outgoing, is_disguised=bool(_HIDING.search(unquote(outgoing)))), 0)]
    while waiting and left > 0:
        form, depth = waiting.pop(0)
        if form.text in seen or len(form.text) < _SHORTEST - 4:
            continue
        seen.add(form.text)
        left -= len(form.text)
        yield form
        turned = form.text[::-1]
        yield Form(turned, is_disguised=True)
        yield Form(codecs.encode(form.text, "rot13"), is_disguised=True)
        yield Form(codecs.encode(turned, "rot13"), is_disguised=True)
        if depth < _DEEPEST:
            waiting.extend((inner, depth + 1) for inner in _inside(form))
            if depth < 2:
                # Turned round after it was encoded.
                waiting.extend((inner, depth + 2) for inner in _decoded(turned))


def fold(text: str) -> str:
    """The words of `text` in one case, without accents, one blank between them and nothing else."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
        )
    return _SEPARATORS.sub(" ", text.casefold()).strip()


def fold_hidden(text: str) -> str:
    """As `fold`, where characters that cannot be seen do not end a word."""
    if text.isascii():
        return fold(text)
    return fold("".join(c for c in text if unicodedata.category(c) not in {"Cf", "Mn", "Me"}))


def _inside(form: Form) -> Iterator[Form]:
    """What is read when one wrapping is taken off."""
    text = form.text
    for again in (_percent(text), _entities(text), _escapes(text)):
        if again != text:
            yield Form(again, form.is_disguised)
    for joined in _joined(text):
        yield Form(joined, form.is_disguised)
    yield from _decoded(text)


def _percent(text: str) -> str:
    return unquote(text, errors="replace") if "%" in text else text


def _entities(text: str) -> str:
    return html.unescape(text) if "&" in text and ";" in text else text


def _escapes(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 else ""


def _joined(text: str) -> Iterator[str]:
    """The values of a query, a form or a JSON object, without the names between them."""
    for pattern in (_VALUE, _QUOTED):
        pairs = [(match[1], match[2]) for match in pattern.finditer(text)]
        if len(pairs) > 1:
            yield "".join(value for _, value in pairs)
            yield "".join(value for _, value in reversed(pairs))
            yield "".join(value for _, value in sorted(pairs, key=lambda pair: _order(pair[0])))


def _order(name: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdecimal, name))
    return (int(digits[:9]) if digits else 0, name)


def _decoded(text: str) -> Iterator[Form]:
    for decode in (_base64, _hex, _base32, _numbers):
        for found in decode(text):
            yield Form(found, is_disguised=True)


def _base64(text: str) -> Iterator[str]:
    for other in _BASE64:
        run = re.sub(other, "", text).translate(_URL_SAFE)
        yield from _shifted(run, 4, base64.b64decode)


def _base32(text: str) -> Iterator[str]:
    run = _NOT_BASE32.sub("", text).upper()
    if len(run) >= 20:
        yield from _shifted(run, 8, base64.b32decode)


def _shifted(run: str, group: int, decode: Callable[[str], bytes]) -> Iterator[str]:
    """The run read from each of the places at which its first group may begin."""
    for start in range(min(group, max(0, len(run) - _SHORTEST))):
        whole = run[start : start + (len(run) - start) // group * group]
        try:
            yield from _readable(decode(whole))
        except (binascii.Error, ValueError):
            continue


def _hex(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        digits = _NOT_HEX.sub("", match.group())
        for start in (0, 1):
            pairs = digits[start : start + (len(digits) - start) // 2 * 2]
            yield from _readable(bytes.fromhex(pairs))


def _numbers(text: str) -> Iterator[str]:
    """Letters written as their codes: `97, 99, 113`."""
    for match in _NUMBERS.finditer(text):
        codes = [int(code) for code in re.findall(r"\d+", match.group())]
        yield from _readable(bytes(code for code in codes if code < 256))


def _readable(data: bytes) -> Iterator[str]:
    """The parts of `data` that look like text, joined."""
    parts = _READABLE.findall(data.decode("utf-8", "ignore"))
    if parts:
        yield " ".join(parts)
