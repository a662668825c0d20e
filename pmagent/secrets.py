"""Keys and passwords in text: found by their exact value and by the forms that providers use.

Everything that is logged, kept or shown to a model passes a `Redactor`. A value is recognised as it
is, in any case of letters, and as base64, hexadecimal, URL and JSON write it. What it does not do:
undo a cipher, or find a value cut in two. Each pattern eats what it looks at, so that no text, of
whatever making, takes more than one pass a pattern. Pure.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

MASK = "‹secret›"
SHORTEST_VALUE = 8
"""Shorter values are not looked for: they stand in ordinary words."""
_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL")
_HALF = 16
"""A part of a value of the form `id:secret` that is long enough to be a secret of its own."""
_UNQUOTED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What looks like a secret, by its place in the text."""

    kind: str
    """`Anthropic key`, `private key`, `password in an address`."""
    start: int
    end: int


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables whose names speak of keys, tokens, secrets, passwords, credentials.

    At least eight characters long, without repeats, in the order of `environ`.
    """
    return tuple(
        dict.fromkeys(
            value
            for name, value in environ.items()
            if len(value.strip()) >= SHORTEST_VALUE and any(word in name.upper() for word in _NAMES)
        )
    )


class Redactor:
    """Hides secrets in text: these values, and whatever has the form of one."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values for part in _parts(value) for form in _forms(part)}
        # Longest first, so that a value that holds another is hidden whole.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def redact(self, text: str) -> str:
        """`text` with every secret replaced by `‹secret›`. Doing it twice changes nothing more."""
        text = self._without_values(text)
        spans = [(start, end) for start, end, _ in _found(text)]
        return MASK.join(text[kept] for kept in _outside(len(text), spans))

    def _without_values(self, text: str) -> str:
        if not self._forms:
            return text
        data = text.encode("utf-8", "surrogatepass")
        # Only ASCII letters change, so every place in one is the same place in the other.
        folded = data.lower()
        spans = [span for form in self._forms if form in folded for span in _places(folded, form)]
        if not spans:
            return text
        masked = MASK.encode().join(data[kept] for kept in _outside(len(data), spans))
        return masked.decode("utf-8", "surrogatepass")


def find_secrets(text: str) -> Sequence[Found]:
    """What has the form of a secret, in the order of the text, none inside another."""
    kept: list[Found] = []
    for start, end, kind in sorted(_found(text), key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1].end:
            kept.append(Found(kind=kind, start=start, end=end))
        elif end > kept[-1].end:
            kept[-1] = Found(kind=kept[-1].kind, start=kept[-1].start, end=end)
    return tuple(kept)


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    for form in _PATTERNS:
        if any(mark in text for mark in form.marks):
            for match in form.pattern.finditer(text):
                if (span := form.secret(match)) is not None:
                    yield (*span, form.kind)


_Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class _Form:
    kind: str
    marks: tuple[str, ...]
    """One of these stands in any text that holds the form: most texts are done with here."""
    pattern: re.Pattern[str]
    """Begins with a mark and then always succeeds, taking all that could belong: linear time."""
    secret: Callable[[re.Match[str]], _Span | None]
    """The secret's part of the match, or None where it is something else."""


def _key(
    kind: str, mark: str, rest: str = r"[A-Za-z0-9_-]", *, at_least: int, is_mixed: bool = True
) -> _Form:
    """A key that begins with `mark` and goes on for `at_least` characters.

    `is_mixed`: with a letter and a digit among them, which no word has.
    """

    def secret(match: re.Match[str]) -> _Span | None:
        body = match.group()[len(mark) :]
        if len(body) < at_least or (is_mixed and not _is_mixed(body)):
            return None
        return match.span()

    pattern = re.compile(f"{re.escape(mark)}{rest}*+")
    return _Form(kind=kind, marks=(mark,), pattern=pattern, secret=secret)


def _is_mixed(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


_RUN = re.compile(r"[A-Za-z0-9]{16,}+")


def _sk_secret(match: re.Match[str]) -> _Span | None:
    # "risk-…" and "task-…" hold the mark too, but never so long a part without a hyphen.
    body = match.group()[3:]
    has_run = any(_is_mixed(run.group()) for run in _RUN.finditer(body))
    return match.span() if len(body) >= 20 and has_run else None


def _aws_secret(match: re.Match[str]) -> _Span | None:
    return match.span() if len(match.group()) == 20 and _is_mixed(match.group()) else None


def _jwt_secret(match: re.Match[str]) -> _Span | None:
    parts = match.group().split(".")
    is_token = len(parts) >= 2 and all(len(part) >= 8 for part in parts[:2])
    return match.span() if is_token else None


def _ghost_secret(match: re.Match[str]) -> _Span | None:
    if len(match.group()) < 33:
        return None
    start = match.start()
    text = match.string
    while start > 0 and match.start() - start < 64 and text[start - 1] in "0123456789abcdefABCDEF":
        start -= 1
    return (start, match.end()) if match.start() - start >= 8 else None


def _pem_secret(match: re.Match[str]) -> _Span | None:
    return match.span() if match["private"] else None


def _header_secret(match: re.Match[str]) -> _Span | None:
    value = match["value"]
    if len(value) < 12 or not _is_mixed(value):
        return None
    return match.span("value")


def _basic_secret(match: re.Match[str]) -> _Span | None:
    value = match["value"]
    bare = value.rstrip("=")[:4_000]
    try:
        plain = base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("utf-8")
    except ValueError:
        return None
    # Some words are base64 too, but not of anything that can be typed.
    return match.span("value") if ":" in plain and plain.isprintable() else None


def _userinfo_secret(match: re.Match[str]) -> _Span | None:
    body = match.group()
    colon = body.find(":", 3)
    end = body.rfind("@")
    if colon < 0 or end <= colon + 1:
        return None
    return match.start() + colon + 1, match.start() + end


def _named_secret(match: re.Match[str]) -> _Span | None:
    value = match["value"]
    if "(" in value:  # code
        return None
    is_password = match.group().startswith("=") and match["password"] is not None
    is_long = match.group().startswith("=") and len(value) >= 24
    is_likely = len(value) >= SHORTEST_VALUE and _is_mixed(value)
    return (
        match.span("value") if is_likely or is_long or (is_password and len(value) >= 6) else None
    )


def _slack_hook(match: re.Match[str]) -> _Span | None:
    return match.span() if match.group().count("/") >= 3 and _is_mixed(match.group()) else None


def _named(sign: str, passwords: Sequence[str], keys: Sequence[str], ends: Sequence[str]) -> _Form:
    """What stands after a name and `sign`: `token=…`, `"password": "…"`."""

    def names(words: Sequence[str]) -> str:
        return "|".join(f"(?<={re.escape(word + end)}{sign})" for word in words for end in ends)

    # One look at the character before spares most texts the many looks at the words.
    last = {(word + end)[-1] for word in (*passwords, *keys) for end in ends}
    before = f"(?<=(?i:[{re.escape(''.join(sorted(last)))}]){sign})"
    pattern = re.compile(
        rf"{sign}{before}(?:(?P<password>(?i:{names(passwords)}))|(?i:{names(keys)}))"
        r"[ ]?\\?[\"']?(?P<value>[^\s&\"'<>;,)\]}‹\\]*+)"
    )
    return _Form(kind="named secret", marks=(sign,), pattern=pattern, secret=_named_secret)


_PASSWORDS = ("password", "passwd", "pwd", "secret")
_KEYS = ("token", "api_key", "apikey", "api-key", "api key", "access_key")
_WORDS = r"[A-Za-z0-9_-]"
_BEARER = ("Bearer ", "bearer ", "BEARER ")
_BASIC = ("Basic ", "basic ", "BASIC ")
_PATTERNS = (
    _key("Anthropic key", "sk-ant-", at_least=12, is_mixed=False),
    _Form(
        kind="OpenAI key",
        marks=("sk-",),
        pattern=re.compile(r"sk-[A-Za-z0-9_-]*+"),
        secret=_sk_secret,
    ),
    *(_key("GitHub token", f"gh{kind}_", at_least=20) for kind in "pousr"),
    _key("GitHub token", "github_pat_", at_least=20),
    _key("GitLab token", "glpat-", at_least=16),
    *(_key("Slack token", f"xox{kind}-", at_least=10) for kind in "abeoprs"),
    _key("Slack token", "xapp-", at_least=16),
    _Form(
        kind="Slack web hook",
        marks=("hooks.slack.com/",),
        pattern=re.compile(r"hooks\.slack\.com/[A-Za-z0-9_/-]*+"),
        secret=_slack_hook,
    ),
    *(
        _Form(
            kind="AWS key",
            marks=(mark,),
            pattern=re.compile(f"{mark}[A-Z0-9]*+"),
            secret=_aws_secret,
        )
        for mark in ("AKIA", "ASIA")
    ),
    _key("Google key", "AIza", at_least=30),
    _key("Google token", "ya29.", at_least=20),
    _key("Google secret", "GOCSPX-", at_least=20),
    *(_key("Stripe key", f"{kind}_live_", at_least=16) for kind in ("sk", "rk")),
    *(_key("Stripe key", f"{kind}_test_", at_least=16) for kind in ("sk", "rk")),
    _key("Stripe secret", "whsec_", r"[A-Za-z0-9+/=]", at_least=20),
    _key("Trello token", "ATTA", r"[A-Za-z0-9]", at_least=16),
    _key("Atlassian token", "ATATT", at_least=20),
    _key("Hugging Face token", "hf_", r"[A-Za-z0-9]", at_least=30, is_mixed=False),
    _key("npm token", "npm_", r"[A-Za-z0-9]", at_least=30),
    _key("PyPI token", "pypi-AgE", at_least=40),
    _key("SendGrid key", "SG.", r"[A-Za-z0-9._-]", at_least=40),
    _key("age key", "AGE-SECRET-KEY-1", r"[A-Z0-9]", at_least=40),
    _Form(
        kind="Ghost key",
        marks=(":",),
        pattern=re.compile(r":(?<=[0-9a-fA-F]{8}:)[0-9a-fA-F]*+"),
        secret=_ghost_secret,
    ),
    _Form(
        kind="signed token",
        marks=("eyJ",),
        pattern=re.compile(rf"eyJ{_WORDS}*+(?:\.{_WORDS}*+){{0,4}}"),
        secret=_jwt_secret,
    ),
    _Form(
        kind="private key",
        marks=("-----BEGIN ",),
        # Its end may be missing, or written as \n in a string.
        pattern=re.compile(
            r"-----BEGIN (?:(?P<private>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)"
            r"(?:[A-Za-z0-9+/=\s\\:,]|-(?!----))*+(?:-----END [A-Z0-9 ]{0,60}-----)?)?"
        ),
        secret=_pem_secret,
    ),
    _Form(
        kind="bearer token",
        marks=_BEARER,
        pattern=re.compile(rf"(?:{'|'.join(_BEARER)}) *+(?P<value>[A-Za-z0-9._~+/=-]*+)"),
        secret=_header_secret,
    ),
    _Form(
        kind="password in a header",
        marks=_BASIC,
        pattern=re.compile(rf"(?:{'|'.join(_BASIC)}) *+(?P<value>[A-Za-z0-9+/=]*+)"),
        secret=_basic_secret,
    ),
    _Form(
        kind="password in an address",
        marks=("://",),
        pattern=re.compile(r"://(?:[^\s/?#\"'<>\\:]++|:(?!//))*+"),
        secret=_userinfo_secret,
    ),
    _named("=", _PASSWORDS, (*_KEYS, "key", "auth", "signature", "sig"), ("",)),
    _named(":", _PASSWORDS, _KEYS, ("", '"', "'", '\\"')),
)


def _parts(value: str) -> Iterator[str]:
    whole = value.strip()
    if len(whole) >= SHORTEST_VALUE:
        yield whole
        halves = whole.split(":")
        yield from (half for half in halves if len(halves) > 1 and len(half) >= _HALF)


def _forms(value: str) -> Iterator[bytes]:
    """Every way `value` is looked for, in lower case."""
    raw = value.encode("utf-8", "surrogatepass")
    written = json.dumps(value)[1:-1]
    plain = {
        value,
        written,
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(written)[1:-1],
        written.replace("/", "\\/"),
        escape(value),
        repr(value)[1:-1],
        ascii(value)[1:-1],
        _quoted(raw, b"/"),
        _quoted(raw),
        _quoted(raw, b" ").replace(" ", "+"),
        _quoted(_quoted(raw).encode("ascii")),
        "".join(f"%{byte:02x}" for byte in raw),
        "".join(f"\\x{byte:02x}" for byte in raw),
        raw.hex(),
        raw.hex(" "),
        raw.hex(":"),
    }
    for form in plain:
        yield form.lower().encode("utf-8", "surrogatepass")
    for before in range(3):
        yield from _base64_core(raw, before)


def _quoted(raw: bytes, kept: bytes = b"") -> str:
    return "".join(chr(byte) if byte in _UNQUOTED + kept else f"%{byte:02x}" for byte in raw)


def _base64_core(raw: bytes, before: int) -> Iterator[bytes]:
    """What of `raw` in base64 is the same whatever `before` bytes stand before it, and any after.

    Each character holds six bits: those that share one with a neighbour's byte are left off.
    """
    whole = base64.b64encode(b"\0" * before + raw).rstrip(b"=")
    start = -(-before * 8 // 6)
    core = whole[start : (before + len(raw)) * 8 // 6]
    if len(core) >= SHORTEST_VALUE:
        yield core.lower()
        yield core.translate(bytes.maketrans(b"+/", b"-_")).lower()


def _places(folded: bytes, form: bytes) -> Iterator[_Span]:
    place = folded.find(form)
    while place >= 0:
        yield place, place + len(form)
        place = folded.find(form, place + len(form))


def _outside(length: int, spans: Iterable[_Span]) -> Iterator[slice]:
    """The parts of a text that lie between `spans`, which may overlap."""
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            yield slice(done, start)
        done = max(done, end)
    yield slice(done, length)
