"""What came back from the network, and its bytes as text: data, never instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Codecs of the standard library that pages are written in. Not all of them may be named by a page:
# "punycode" takes the square of the time, "unicode_escape" and "utf-7" hide what was written.
_CODECS = frozenset({
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "us-ascii", "ascii",
    *(f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
    *(f"windows-{part}" for part in (874, *range(1250, 1259))), "macintosh", "ibm866",
    "koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5", "big5-hkscs", "euc-jp", "euc-kr",
    "shift_jis", "shift-jis", "iso-2022-jp", "tis-620",
})  # fmt: skip
# What is said and what is meant, as the WHATWG's Encoding standard has it.
_MEANT = {
    "iso-8859-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030",
    "gbk": "gb18030", "macintosh": "mac_roman", "windows-874": "cp874", "euc-kr": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "iso-8859-9": "cp1254",
}  # fmt: skip
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_HEAD_BYTES = 1_024


@dataclass(frozen=True, kw_only=True)
class Page:
    """One answer of a web server, its body unpacked and cut to what was asked for."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    status: int
    """200, 404 and so on; never a redirect that was followed."""
    content_type: str
    """As the server says, in lower case: `text/html; charset=utf-8`. Empty where it says none."""
    body: bytes
    redirects: tuple[str, ...] = ()
    """The addresses it was led through after `url`, in order, `final_url` last."""
    was_cut: bool = False
    """Whether more came than was taken."""

    @property
    def media_type(self) -> str:
        """`text/html`, without parameters."""
        return self.content_type.partition(";")[0].strip()


def page_text(page: Page) -> str:
    """The body as text, by its byte order mark, what the server says, what the page says, UTF-8.

    What does not fit becomes `�`. Line ends are those of Unix.
    """
    text = page.body.decode(_codec(page), "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _codec(page: Page) -> str:
    for mark, codec in _MARKS:
        if page.body.startswith(mark):
            return codec
    for said in (page.content_type, page.body[:_HEAD_BYTES].decode("latin-1")):
        found = _CHARSET.search(said)
        if found is not None and (name := found[1].lower()) in _CODECS:
            return _MEANT.get(name, name)
    return "utf-8"
