"""Text that is safe to show: no terminal escapes, no invisible or reordering characters.

Textual and Click write what they are given. A transcript with an escape sequence in it could move
the cursor, set the clipboard or hide a line; a file name with a direction override could show
another name than its own. Everything shown goes through `safe_text`. It knows nothing of markup:
text from a file is never handed to a markup parser in the first place.
"""

from __future__ import annotations

import re

_STRING_START = r"(?:\x1b[P\]X^_]|[\x90\x98\x9d\x9e\x9f])"
# The body stops at the next introducer, so that a run of unterminated ones stays linear.
_STRING = _STRING_START + r"[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
_SHORT = r"\x1b[ -/]*[0-OQ-WYZ\\`-~]"
_ESCAPES = re.compile(f"{_STRING}|{_CSI}|{_SHORT}")

_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BLANK = "\t\u0085\u00a0\u115f\u1160\u2028\u2029\u3164\uffa0"
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_UNSAFE = re.compile(
    f"[\x00-\x1f\x7f-\x9f{_INVISIBLE}{_BLANK}\ud800-\udfff\ufffe\uffff]"
    # More marks on one letter than any script needs climb over the lines around it.
    f"|(?<=[{_MARKS}]{{3}})[{_MARKS}]"
)
_REMOVED = re.compile(f"[{_INVISIBLE}{_MARKS}]")
_BLANKS = frozenset(_BLANK)
_FIRST_PICTURE = 0x2400


def safe_text(text: str, *, newlines: bool = False) -> str:
    r"""`text` as it can be written to a terminal or a widget.

    Escape sequences, direction overrides and invisible characters are removed; tabs and odd blanks
    become a space; every other control character becomes its visible picture (`␀`, `␛`, `␊`), and
    what no terminal can encode becomes `�`. With `newlines`, line ends stay, as `\n`; without, the
    result is one line. Applying it twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    if newlines:
        folded = text.replace("\r\n", "\n").replace("\r", "\n")
        return "\n".join(safe_text(line) for line in folded.split("\n"))
    return _UNSAFE.sub(_harmless, _ESCAPES.sub("", text))


def spell_out(text: str, *, newlines: bool = False) -> str:
    r"""`text` with every hidden or controlling character written as `\x1b` or `\u202e`.

    For what a person decides on: nothing is removed, so nothing can hide. With `newlines`, line
    ends stay.
    """
    if text.isascii() and text.isprintable():
        return text
    if newlines:
        return "\n".join(spell_out(line) for line in text.split("\n"))
    return _UNSAFE.sub(lambda match: _spelled(match.group()), text)


def _spelled(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _harmless(match: re.Match[str]) -> str:
    character = match.group()
    if _REMOVED.match(character):
        return ""
    if character in _BLANKS:
        return " "
    code = ord(character)
    if code < 0x20:
        return chr(_FIRST_PICTURE + code)
    return "\u2421" if code == 0x7F else "\ufffd"
