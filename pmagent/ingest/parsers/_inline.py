"""Markdown inside a line: taken away, so that the words stay as a reader sees them.

One pass over tokens whose length is bounded, so no input makes it slow. A line break is never
removed: each word stays on its source line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_MARKUP = re.compile(r"[\\`*_\[<&~=^]")
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~\n])"
    r"|(?<!`)(?P<ticks>`{1,20})(?!`)(?P<code>[\s\S]{1,2000}?)(?<!`)(?P=ticks)(?!`)"
    r"|(?P<embed>!?)\[\[(?P<target>[^\[\]\n]{1,500})\]\]"
    r"|^\[\^[^\]\s]{1,60}\]:[ \t]?|\[\^[^\]\s]{1,60}\]"
    r"|!?\[(?P<label>[^\[\]]{0,2000})\]"
    r"(?:\((?P<url>[^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500}){0,3})\)|\[[^\[\]\n]{0,200}\])"
    r"|<(?P<auto>(?:https?|mailto):[^<>\s]{1,2000})>"
    r"|</?(?P<tag>[A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>])[^<>\n]{0,1000}>"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<run>\*{1,}|_{1,}|(?<!~)~~(?!~)|(?<!=)==(?!=))"
    r"|[ \t]\^(?=[\w-]{0,60}[A-Za-z])[A-Za-z0-9][A-Za-z0-9-]{1,60}[ \t]*$",
    re.MULTILINE,
)
_IMAGE = re.compile(r"!\[([^\[\]]{0,1000})\]\([^()\n]{0,2000}\)")
_TAGS = frozenset({
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code",
    "col", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption", "figure",
    "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "iframe",
    "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "picture", "pre", "q",
    "s", "samp", "section", "small", "source", "span", "strike", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u",
    "ul", "var", "video",
})  # fmt: skip
_SPACED_TAGS = frozenset({"br", "td", "th", "li", "p", "div", "hr"})


def strip_inline(text: str, note_link: Callable[[str], None]) -> str:
    """`text` as it reads, with as many lines; each wiki-link's target goes to `note_link`."""
    if not _MARKUP.search(text):
        return text
    if "![" in text:
        text = _IMAGE.sub(_image, text)
    return _Stripper(note_link).strip(text)


def _image(match: re.Match[str]) -> str:
    return match[1]


class _Stripper:
    def __init__(self, note_link: Callable[[str], None]) -> None:
        self._note_link = note_link
        self._pieces: list[str] = []
        self._open: dict[str, list[int]] = {"*": [], "_": [], "~": [], "=": []}
        """For each kind of emphasis, the pieces that may begin one, innermost last."""

    def strip(self, text: str) -> str:
        end = 0
        for match in _TOKEN.finditer(text):
            self._pieces.append(text[end : match.start()])
            end = match.end()
            if match["run"]:
                self._emphasis(
                    match["run"], text[match.start() - 1 : match.start()], text[end : end + 1]
                )
            else:
                self._pieces.append(self._plain(match))
        self._pieces.append(text[end:])
        return "".join(self._pieces)

    def _plain(self, match: re.Match[str]) -> str:
        """What a token reads as."""
        groups = match.groupdict()
        if groups["escaped"] or groups["code"] or groups["auto"]:
            return groups["escaped"] or groups["code"] or groups["auto"]
        if groups["target"]:
            return self._wiki_link(groups["target"], is_embed=bool(groups["embed"]))
        if groups["label"] is not None:
            label = groups["label"] or (groups["url"] or "").strip()
            return strip_inline(label, self._note_link)
        if groups["tag"]:
            return _tag(match.group(), groups["tag"].lower())
        if groups["entity"]:
            return html.unescape(groups["entity"]).replace("\n", " ").replace("\r", " ")
        return ""

    def _wiki_link(self, inside: str, *, is_embed: bool) -> str:
        # In a table the bar before the alias is written with a backslash.
        target, bar, alias = inside.replace("\\|", "|").partition("|")
        page, _, part = target.partition("#")
        if page.strip():
            self._note_link(page.strip())
        if is_embed:
            return ""
        return alias.strip() if bar and alias.strip() else page.strip() or part.strip()

    def _emphasis(self, run: str, before: str, after: str) -> None:
        """Keep a run of marks for now; drop what of it pairs with an earlier one."""
        kind, length = run[0], len(run)
        is_word_mark = kind == "_"
        can_open = bool(after.strip()) and not (is_word_mark and before.isalnum())
        can_close = bool(before.strip()) and not (is_word_mark and after.isalnum())
        waiting = self._open[kind]
        while can_close and length and waiting:
            opener = waiting[-1]
            paired = min(length, len(self._pieces[opener]))
            length -= paired
            self._pieces[opener] = self._pieces[opener][paired:]
            if not self._pieces[opener]:
                waiting.pop()
        self._pieces.append(kind * length)
        if can_open and length:
            waiting.append(len(self._pieces) - 1)


def _tag(written: str, name: str) -> str:
    """Nothing for a tag of HTML; other angle brackets, as in `List<String>`, are text."""
    if name not in _TAGS:
        return written
    return " " if name in _SPACED_TAGS else ""
