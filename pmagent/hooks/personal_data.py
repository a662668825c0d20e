"""Finds what identifies a person in text: addresses, phone numbers, accounts, cards, national ids.

Each find is checked by more than its looks: a check digit, a numbering plan, a word beside it. So
dates, times, versions, ISBNs and amounts of money are left alone. It does not find names or postal
addresses, and it is no wall: a number spelled out in words passes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumberMatcher
from stdnum import iban, isbn, luhn
from stdnum.be import nn as belgian
from stdnum.br import cpf as brazilian
from stdnum.ch import ssn as swiss
from stdnum.cn import ric as chinese
from stdnum.de import idnr as german
from stdnum.dk import cpr as danish
from stdnum.es import dni as spanish
from stdnum.es import nie as spanish_foreign
from stdnum.fi import hetu as finnish
from stdnum.fr import nir as french
from stdnum.ie import pps as irish
from stdnum.in_ import aadhaar as indian
from stdnum.it import codicefiscale as italian
from stdnum.mx import curp as mexican
from stdnum.nl import bsn as dutch
from stdnum.no import fodselsnummer as norwegian
from stdnum.pl import pesel as polish
from stdnum.pt import cc as portuguese
from stdnum.se import personnummer as swedish
from stdnum.us import ssn as american

KINDS = ("e-mail address", "phone number", "IBAN", "card number", "national id")
MASKS = {
    "e-mail address": "[e-mail]",
    "phone number": "[phone]",
    "IBAN": "[IBAN]",
    "card number": "[card]",
    "national id": "[national id]",
}
DEFAULT_REGIONS = ("US", "GB")
"""Where a number without a country's code may be from, when nothing says where the person is."""

MOST_GROUPS = 6
"""No country writes its numbers in more."""

_AT = r"(?:@|＠|%40|&#0{0,4}64;|&#[xX]0{0,4}40;|&commat;)"
_EMAIL = re.compile(
    rf"(?<![\w.+-])\w[\w.+'-]{{0,63}}{_AT}(?P<host>(?:[\w-]{{1,63}}\.){{1,8}}(?P<end>[^\W\d_]{{2,24}}))(?!\w)"
)
_FILES = frozenset({
    "avif", "bmp", "css", "csv", "gif", "heic", "htm", "html", "ico", "jpeg", "jpg", "js", "json",
    "md", "mov", "mp3", "mp4", "pdf", "png", "py", "svg", "tiff", "ts", "txt", "wav", "webm",
    "webp", "xml", "zip",
})  # fmt: skip
"""What follows the last dot of `logo@2x.png`, and of no address."""
_URL = re.compile(r"(?i)\bhttps?://[^\s<>\"']+")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_CARD = re.compile(
    r"(?<![\w.,:/-])(?:\d{4}([ -]?)(?:\d{4}\1){2}\d{1,7}|\d{4}([ -]?)\d{6}\2\d{4,5})(?![\w:-])"
)
_PHONE = re.compile(r"(?<![\w.,:@/#=&-])\+?\(?\d[\d() \t\u00a0./–-]{5,24}\d(?![\w:%])(?![.,]\d)")
_NORTH_AMERICAN = re.compile(r"(?:1[ .-])?(?:\(\d{3}\) ?\d{3}[ .-]?\d{4}|\d{3}([.-])\d{3}\1\d{4})")
_DATE = re.compile(
    r"(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{2,4})(?:[ T].*)?"
    r"|\d{4} ?[-–/] ?\d{4}"
)
_AMOUNT = re.compile(r"\d{1,3}(?:[ \u00a0.]\d{3})+|\d+(?:\.\d+)+|\d+")
_PHONE_WORD = re.compile(
    r"(?i)(?:\b(?:phone|call|tel|tél|telephone|telefon|teléfono|téléphone|mobile|mobil|móvil|cell|"
    r"fax|handy|whatsapp|signal|sms|text (?:me|us)|reach (?:me|us)|ring)\b|[☎📞📱])[^\d\n]{0,24}$"
)
_BOOK_WORD = re.compile(r"(?i)\b(?:isbn|issn|ean|doi|isrc|upc)(?:-1[03])?[:\s#]{0,3}$")
_NEAR = 40


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One find, by its place in the text."""

    kind: str
    """One of `KINDS`."""
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class _Id:
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool]
    word: re.Pattern[str] | None = None
    """What must stand shortly before it, where its looks are too common."""


def find_personal(
    text: str, *, regions: Sequence[str] = DEFAULT_REGIONS, published: Sequence[str] = ()
) -> Sequence[Piece]:
    """What identifies a person in `text`, in its order, none inside another.

    `regions` are countries such as `GB` whose way of writing phone numbers is looked for.
    `published` are addresses, `@domains` and numbers that the person has made public: left alone.
    """
    # A number inside a web address is part of a name there; an e-mail address is one anywhere.
    rest = _URL.sub(lambda match: " " * len(match.group()), text)
    found = (*_emails(text), *_ibans(rest), *_cards(rest), *_ids(rest), *_phones(rest, regions))
    known = [_plain(entry) for entry in published if entry.strip()]
    kept: list[Piece] = []
    for piece in sorted(found, key=lambda piece: (piece.start, -piece.end)):
        is_free = not kept or piece.start >= kept[-1].end
        if is_free and not _is_known(text[piece.start : piece.end], known):
            kept.append(piece)
    return tuple(kept)


def mask(text: str, pieces: Sequence[Piece]) -> str:
    """`text` with each piece replaced by its mask, such as `[e-mail]`."""
    parts: list[str] = []
    last = 0
    for piece in pieces:
        parts += (text[last : piece.start], MASKS[piece.kind])
        last = piece.end
    return "".join((*parts, text[last:]))


def count_in_words(kinds: Counter[str]) -> str:
    """`2 e-mail addresses and 1 phone number`."""
    counts = [
        f"{kinds[kind]} {kind}{'' if kinds[kind] == 1 else 'es' if kind.endswith('s') else 's'}"
        for kind in KINDS
        if kinds[kind]
    ]
    return " and ".join((", ".join(counts[:-1]), counts[-1])) if len(counts) > 1 else counts[0]


def _emails(text: str) -> Iterator[Piece]:
    for match in _EMAIL.finditer(text):
        is_remote = match.group().startswith("git@") and text[match.end() : match.end() + 1] == ":"
        if match["end"].lower() not in _FILES and not is_remote:
            yield Piece(kind="e-mail address", start=match.start(), end=match.end())


def _ibans(text: str) -> Iterator[Piece]:
    for match in _IBAN.finditer(text):
        ends = [part.end() for part in re.finditer(r"[A-Za-z0-9]+", match.group())]
        for end in reversed(ends):
            if end >= 15 and iban.is_valid(match.group()[:end]):
                yield Piece(kind="IBAN", start=match.start(), end=match.start() + end)
                break


def _cards(text: str) -> Iterator[Piece]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _is_issued(digits) and luhn.is_valid(digits) and len(set(digits)) > 1:
            yield Piece(kind="card number", start=match.start(), end=match.end())


def _is_issued(digits: str) -> bool:
    """Whether the first digits and the length are those of a card scheme."""
    head, length = int(digits[:4]), len(digits)
    if digits[0] == "4":
        return length in {16, 19}
    if length == 16:
        is_mastercard = 5100 <= head <= 5599 or 2221 <= head <= 2720
        is_discover = head == 6011 or 6440 <= head <= 6599
        return is_mastercard or is_discover or 3528 <= head <= 3589 or head // 100 == 62
    return (length == 15 and head // 100 in {34, 37}) or (
        length == 14 and (head // 100 in {36, 38} or 3000 <= head <= 3059)
    )


def _ids(text: str) -> Iterator[Piece]:
    for form in _IDS:
        for match in form.pattern.finditer(text):
            before = text[max(0, match.start() - _NEAR) : match.start()]
            is_named = form.word is None or form.word.search(before) is not None
            if is_named and form.is_valid(match.group()):
                yield Piece(kind="national id", start=match.start(), end=match.end())


def _phones(text: str, regions: Sequence[str]) -> Iterator[Piece]:
    for match in _PHONE.finditer(text):
        written = match.group().rstrip(" \t\u00a0(./–-")
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if _is_phone(written, before, regions):
            yield Piece(kind="phone number", start=match.start(), end=match.start() + len(written))


def _is_phone(written: str, before: str, regions: Sequence[str]) -> bool:
    digits = sum(character.isdigit() for character in written)
    if not 7 <= digits <= 15 or _DATE.fullmatch(written) or _BOOK_WORD.search(before):
        return False
    if written.startswith("+"):
        return _is_possible(written)
    if written.startswith("00") and _is_possible("+" + written[2:].lstrip()):
        return True
    if digits == 13 and isbn.is_valid(written):
        return False
    if _PHONE_WORD.search(before) or _NORTH_AMERICAN.fullmatch(written):
        return True
    if _AMOUNT.fullmatch(written) or len(re.findall(r"\d+", written)) > MOST_GROUPS:
        return False
    return any(
        found.raw_string == written
        for region in regions
        for found in PhoneNumberMatcher(written, region, leniency=Leniency.STRICT_GROUPING)
    )


def _is_possible(written: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(written))
    except NumberParseException:
        return False


def _plain(entry: str) -> str:
    """An entry as it is compared: a number by its digits, the rest in small letters."""
    digits = re.sub(r"\D", "", entry)
    return digits if digits and "@" not in entry else entry.strip().lower()


def _is_known(written: str, known: Sequence[str]) -> bool:
    if not known:
        return False
    address = re.sub(_AT, "@", written).lower()
    digits = _plain(written) if "@" not in address else ""
    return any(
        entry == address
        or (entry.startswith("@") and address.endswith(entry))
        or (len(entry) >= 7 and digits[-9:] == entry[-9:])
        for entry in known
    )


def _id(pattern: str, is_valid: Callable[[str], bool], word: str = "") -> _Id:
    return _Id(
        pattern=re.compile(rf"(?<![\w.,/-]){pattern}(?![\w/-])"),
        is_valid=is_valid,
        word=re.compile(rf"(?i)\b(?:{word})\b") if word else None,
    )


def _is_national_insurance(number: str) -> bool:
    return number[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


_IDS: Sequence[_Id] = (
    _id(r"\d{3}-\d{2}-\d{4}", american.is_valid),
    _id(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]", _is_national_insurance),
    _id(r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", french.is_valid),
    _id(r"\d{8}-?[A-Z]", spanish.is_valid),
    _id(r"[XYZ]-?\d{7}-?[A-Z]", spanish_foreign.is_valid),
    _id(r"[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]", italian.is_valid),
    _id(r"\d{2} \d{3} \d{3} \d{3}", german.is_valid),
    _id(r"\d{11}", german.is_valid, "steuer-?id|steueridentifikationsnummer|idnr|tax id"),
    _id(r"\d{4}[. ]?\d{2}[. ]?\d{3}", dutch.is_valid, "bsn|burgerservicenummer"),
    _id(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", belgian.is_valid),
    _id(r"756\.\d{4}\.\d{4}\.\d{2}", swiss.is_valid),
    _id(r"(?:\d{2})?\d{6}[-+]\d{4}", swedish.is_valid),
    _id(r"\d{6}-\d{4}", danish.is_valid),
    _id(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", finnish.is_valid),
    _id(r"\d{6} ?\d{5}", norwegian.is_valid),
    _id(r"\d{11}", polish.is_valid, "pesel"),
    _id(r"\d{8} ?\d ?[A-Z]{2}\d", portuguese.is_valid),
    _id(r"\d{7}[A-W][A-IW]?", irish.is_valid),
    _id(r"\d{3}\.\d{3}\.\d{3}-\d{2}", brazilian.is_valid),
    _id(r"[2-9]\d{3} \d{4} \d{4}", indian.is_valid),
    _id(r"\d{17}[\dXx]", chinese.is_valid),
    _id(r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", mexican.is_valid),
)
