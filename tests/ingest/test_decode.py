"""Bytes become text that can be stored: nothing lost, nothing hidden, no line too many."""

from __future__ import annotations

import gzip
import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pmagent.errors import SkipError
from pmagent.ingest.decode import Decoded, clean_text, decode

WOMAN_AT_COMPUTER = "\U0001f469\u200d\U0001f4bb"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain words\n", "utf-8"),
        ("déjà vu — “quoted”…\n", "utf-8"),
        ("Le café des lecteurs, déjà vu: the grebe.\n", "cp1252"),
        ("“Smart quotes” — the avocet…\n", "cp1252"),
        ("料金の話をしました。pochard\n", "cp932"),
        ("Привет, как дела? Это обычный текст для проверки.\n", "cp1251"),
        ("中文测试文本，价格是九元，今天下雨了。\n", "gb18030"),
        ("한국어 텍스트, 가격은 구 달러입니다.\n", "cp949"),
    ],
)
def test_old_encodings_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_marked_and_obvious_unicode_is_read(encoding: str) -> None:
    text = "The godwit came at six.\nThen it left: é.\n"

    assert decode(text.encode(encoding)).text == text
    assert decode("\ufeff".encode("utf-16-be") + text.encode("utf-16-be")).text == text


def test_one_bad_byte_does_not_spoil_utf_8() -> None:
    assert decode("naïve café ".encode() + b"\xff end") == Decoded(
        text="naïve café \ufffd end",
        encoding="utf-8",
        warnings=("bytes that are not UTF-8 were replaced",),
    )


def test_a_cut_character_at_the_end_is_replaced() -> None:
    assert decode("naïve 料金".encode()[:-1]).text == "naïve 料\ufffd"


def test_a_line_ends_where_an_editor_ends_it() -> None:
    text = decode("1\r2\r\n3\n\n5\x0bstill\x0c5\x85and\u20285\u2029so\r".encode()).text

    assert text == "1\n2\n3\n\n5 still 5 and 5 so\n"


def test_nuls_are_removed_with_a_warning() -> None:
    assert decode(b"The smew line.\0\0\0 And more.") == Decoded(
        text="The smew line. And more.",
        encoding="utf-8",
        warnings=("NUL characters were removed",),
    )


def test_terminal_sequences_do_not_survive() -> None:
    link = "\x1b]8;;http://e.org\x1b\\link\x1b]8;;\x1b\\"
    written = f"\x1b[31mred\x1b[0m \x07bell \x1b]0;title\x07the {link} \x9b2J\x90d\x9c\x1b(Bok \x1b"

    assert decode(written.encode()).text == "red bell the link ok "


def test_an_unfinished_sequence_takes_no_other_line_along() -> None:
    assert decode(b"a \x1b]0;title\nb \x1b[31").text.split("\n")[1] == "b 31"


def test_hidden_characters_go_and_joined_emoji_stay() -> None:
    written = (
        f"\u202eevil\u202c {WOMAN_AT_COMPUTER} the \u200bzero\u200bwidth\ufeff so\u00adft a\u200db"
    )

    assert clean_text(written) == f"evil {WOMAN_AT_COMPUTER} the zerowidth soft ab"


def test_letters_are_composed() -> None:
    assert decode("Cafe\u0301".encode()).text == "Café"
    assert clean_text("Cafe\u200b\u0301") == "Café"


def test_what_is_not_text_is_skipped() -> None:
    dice = random.Random(7)
    noise = bytes(dice.randrange(256) for _ in range(65_536))
    for data in (
        noise,
        b"\x89PNG\r\n\x1a\n" + noise[:100],
        gzip.compress(b"The packed ouzel.\n"),
        b"PK\x03\x04" + bytes(40),
        b"\0" * 5_000,
        b"\xff\xd8\xff\xe0" + noise[:400],
    ):
        with pytest.raises(SkipError, match=r"^not text$"):
            decode(data)


@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00\xd8")
@example(b"\x1b\x1b[[31m31m")
def test_any_bytes_become_clean_text_or_are_skipped(data: bytes) -> None:
    try:
        text = decode(data).text
    except SkipError:
        return

    assert unicodedata.is_normalized("NFC", text)
    assert not any(
        unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text
    )
    assert clean_text(text) == text
    text.encode()


@given(
    st.text(st.characters() | st.sampled_from("\u200b\u200d\u200c\u0301e\x1b[]m;\x07\x9b\u202e"))
)
@example("\x1b\u200b[31mred")
@example("字\u200d\u200bb e\u200b\u0301\u200d字")
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)

    assert clean_text(once) == once
    assert once.count("\n") == text.count("\n")


def test_thirty_megabytes_are_read() -> None:
    line = "the quick brown fox, café\r\n"

    decoded = decode((line * 1_100_000).encode())

    assert decoded.text.count("\n") == 1_100_000
