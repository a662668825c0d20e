"""The words of a step as parts: the operands between backticks, each with its role, and messages.

The role of an operand is told by the words just before it: `as`, `with`, `or offline`. Markdown's
own reading of emphasis and links is left aside, so that `{a * b}` in a message stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.types.procedures import Operand

MAIN = "m"
EXISTS = "if it exists"
ROLES = (
    "with", "as", "like", "in", "if", "up to", "showing", "to", "or offline", "offline", "until",
    "using", "else",
)  # fmt: skip
MODEL_ROLES = ("as", "like", "or offline", "using")
_JOINS = frozenset({"", "and", "or"})
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ROLE = re.compile(r"(?:^|[\s,;(])(as|like|or offline|offline|using)\s*$")
_ROLE_REACH = 60
_QUOTES = {'"': '"', "“": "”"}


@dataclass(frozen=True, kw_only=True)
class Span:
    """One part of a step behind its verb."""

    role: str
    """One of `ROLES`, or `MAIN`."""
    text: str
    line: int
    is_message: bool
    start: int
    """Where it begins with its role, and ends, in the text that was read."""
    end: int

    @property
    def operand(self) -> Operand:
        """As an operand of a step."""
        return Operand(source=self.text, line=self.line)


@dataclass(frozen=True, kw_only=True)
class Spans:
    """What was read."""

    spans: tuple[Span, ...]
    is_optional: bool
    """It says `if it exists`."""
    strange: tuple[str, ...]
    """Words between operands that are no role."""

    def of(self, role: str) -> tuple[Span, ...]:
        """The parts of one role, in order."""
        return tuple(span for span in self.spans if span.role == role)


def read_exact(text: str, line: int) -> Spans:
    """The parts of a step that begins with a verb: each word between operands is a role."""
    found: list[Span] = []
    strange: list[str] = []
    is_optional = False
    role = MAIN
    at = 0
    while at < len(text):
        start, end, content, is_message = _next_part(text, at)
        words = _plain(text[at:start])
        if EXISTS in words:
            is_optional = True
            words = " ".join(words.replace(EXISTS, " ").split())
        bound = re.fullmatch(r"(.*?)\bup to (\d+)", words)
        if bound:
            words = bound[1].strip()
            number = text.index(bound[2], at)
            found.append(_span("up to", bound[2], text, (at, number), line))
        if words in ROLES:
            role = words
        elif words not in _JOINS or (words == "or" and found):
            strange.append(words)
        elif not found:
            role = MAIN
        if start >= len(text):
            break
        found.append(
            Span(
                role="or offline" if role == "offline" else role,
                text=content,
                line=line + text.count("\n", 0, start),
                is_message=is_message,
                start=at,
                end=end,
            )
        )
        at = end
    return Spans(spans=tuple(found), is_optional=is_optional, strange=tuple(strange))


def read_prose(text: str, line: int) -> Spans:
    """The operands of a step for the model: only `MODEL_ROLES` are roles, all else it may see."""
    found: list[Span] = []
    for match in _CODE.finditer(text):
        # Just before it, and no further: a long step has many operands.
        role_at = _ROLE.search(text, max(0, match.start() - _ROLE_REACH), match.start())
        role = role_at[1] if role_at else MAIN
        found.append(
            Span(
                role="or offline" if role == "offline" else role,
                text=_content(match[2]),
                line=line + text.count("\n", 0, match.start()),
                is_message=False,
                start=role_at.start() if role_at else match.start(),
                end=match.end(),
            )
        )
    return Spans(spans=tuple(found), is_optional=False, strange=())


def without(text: str, spans: Sequence[Span]) -> str:
    """The words without some of their parts."""
    for span in sorted(spans, key=lambda one: one.start, reverse=True):
        text = text[: span.start] + text[span.end :]
    text = re.sub(r"[ \t]*(?:,\s*|\bas\s*|\band\s*)+(?=[.;]?\s*$)", "", text)
    return re.sub(r"[ \t]+", " ", text).strip()


def split_names(spans: Sequence[Span]) -> tuple[str, ...]:
    """The names in `a, b` and in `a` and `b`."""
    names = (name.strip() for span in spans for name in span.text.split(","))
    return tuple(name for name in names if name)


def joined(spans: Sequence[Span]) -> Operand | None:
    """Several operands of one role as one list of arguments."""
    if not spans:
        return None
    return Operand(source=", ".join(span.text for span in spans), line=spans[0].line)


def _span(role: str, content: str, text: str, place: tuple[int, int], line: int) -> Span:
    start, number = place
    return Span(
        role=role,
        text=content,
        line=line + text.count("\n", 0, number),
        is_message=False,
        start=start,
        end=number + len(content),
    )


def _plain(words: str) -> str:
    """Words without their commas and stops, in lower case."""
    return " ".join(re.sub(r"[,;:.()–—-]", " ", words).lower().split())


def _content(code: str) -> str:
    """What a code span says: line breaks are spaces, and one space at each end is taken off."""
    code = code.replace("\n", " ")
    return code[1:-1] if code[:1] == code[-1:] == " " and code.strip() else code


def _next_part(text: str, at: int) -> tuple[int, int, str, bool]:
    """Where the next operand or message is, what it says, and whether it is a message."""
    code = _CODE.search(text, at)
    quote = re.search(r'["“]', text[at:])
    if quote is not None and (code is None or at + quote.start() < code.start()):
        start = at + quote.start()
        end = _message_end(text, start)
        if end is not None:
            return start, end + 1, text[start + 1 : end].replace("\n", " "), True
    if code is None:
        return len(text), len(text), "", False
    return code.start(), code.end(), _content(code[2]), False


def _message_end(text: str, start: int) -> int | None:
    """Where the message that begins at `start` ends; a quote within braces does not end it."""
    closing = _QUOTES[text[start]]
    depth = 0
    for at in range(start + 1, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth = max(0, depth - 1)
        elif text[at] == closing and not depth:
            return at
    end = text.find(closing, start + 1)
    return end if end >= 0 else None


ROLE_MEANINGS: Mapping[str, str] = {
    "with": "arguments",
    "as": "the name of its value",
    "like": "the type of its value",
    "in": "where to look",
    "if": "only then",
    "up to": "at most so many",
    "showing": "values that a person sees",
    "to": "where to",
    "or offline": "what makes the value without a model",
    "until": "how long",
    "using": "what the model may use",
    "else": "what is said otherwise",
}
"""What each role says, for messages."""
