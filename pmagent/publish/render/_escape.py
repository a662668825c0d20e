r"""Text from a transcript, made plain Markdown: what it looks like is what it says.

A title, a name or a quote may hold anything. Escaped, it is a run of characters in whatever reads
the page: CommonMark, GitHub's tables and strike-outs, and Ghost's card, which also links bare
addresses, takes raw HTML, `==marks==`, `^raised^` and `~lowered~` text. Backslashes are kept few,
so that the source stays readable.
"""

from __future__ import annotations

import re

from pmagent.safe_text import safe_text

_ACTIVE = re.compile(
    r"""(?x)
    [\\`*\[\]<|~^]
    |(?<![^\W_])_|_(?![^\W_])       # inside a word it is a letter
    |&(?=\#?\w{1,32};)              # an entity
    |=(?==)|%(?=%)|\{(?=[{%])       # marks; comments and templates of site generators
    |(?:^|(?<=\s))\#(?=\S)          # tags
    |/(?=/)|@(?=\S)                 # addresses that would link themselves
    |(?<=[^\s.])\.(?=[^\W\d_])      # and host names
    |^[-+=>\#:]
    """
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_PATH = re.compile(r"(?<![^\W_])_|_(?![^\W_])|[\\`*\[\]<|~^]|&(?=#?\w{1,32};)")
_ADDRESS = re.compile(r"(?i)https?://[^\s<>\"'`\\^{|}\[\]]+")


def plain(text: str) -> str:
    """`text` on one line, white space folded, without hidden or controlling characters."""
    # Folded first, as a line end is a blank and not the picture of one; then what became blank.
    return " ".join(safe_text(" ".join(text.split())).split())


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly `plain(text)`, wherever in a line it stands."""
    return _NUMBERED.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", plain(text)))


def escape_path(path: str) -> str:
    """A path as Markdown; unchanged for every usual one, so that `[path:12]` can be searched."""
    return _PATH.sub(r"\\\g<0>", plain(path))


def web_address(url: str) -> str:
    """`url` where it is an address of the web that hides nothing; else empty."""
    return url if _ADDRESS.fullmatch(url) and safe_text(url) == url else ""


def link(text: str, url: str) -> str:
    """`[text](url)`; the text alone where `url` is no address of the web."""
    address = web_address(url)
    if not address:
        return escape(text)
    target = address.replace("(", "%28").replace(")", "%29").replace("&", "&amp;")
    return f"[{escape(text)}]({target.replace('*', '%2A')})"
