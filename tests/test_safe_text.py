from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.safe_text import safe_text, spell_out

# Number signs of Arabic, Syriac and Kaithi, and hieroglyph joiners: format characters with ink.
_RANGES = (
    (0x600, 0x605),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x110BD, 0x110CD),
    (0x13430, 0x1343F),
)
VISIBLE_FORMATS = {chr(code) for first, last in _RANGES for code in range(first, last + 1)}


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("plain words", "plain words"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b[?1049l\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]52;c;c2VjcmV0\x1b\\after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0\x1b\\sixel", "sixel"),
        ("\x9dtitle\x9cafter", "after"),
        ("\x1b(0box\x1bcreset", "boxreset"),
        ("\x1b]never ends", "␛]never ends"),
        ("\x1b\x1b[m[31mjoined", "␛[31mjoined"),
        ("nul\x00bell\x07del\x7f", "nul␀bell␇del␡"),
        ("tab\tand\u00a0blank\u2028line", "tab and blank line"),
        ("notes/\u202efdp.exe", "notes/fdp.exe"),
        ("\u2066iso\u2069\u200flate\u061c", "isolate"),
        ("zero\u200bwidth\u200d\ufeff\u2060", "zerowidth"),
        ("tags\U000e0041\U000e0042", "tags"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("two\nlines\r\n", "two␊lines␍␊"),
        ("[bold red]not markup[/]", "[bold red]not markup[/]"),
        ("é ü 日本 שלום ไทย", "é ü 日本 שלום ไทย"),
        ("z" + "\u0300" * 40, "z" + "\u0300" * 3),
    ],
)
def test_hostile_text_is_shown_harmless(hostile: str, shown: str) -> None:
    assert safe_text(hostile) == shown


def test_line_ends_stay_when_asked_for() -> None:
    assert safe_text("a\r\nb\rc\nd\x1b[2Je", newlines=True) == "a\nb\nc\nde"


@given(st.text(st.characters(codec=None), max_size=200) | st.text("\x1b[]P0;m\x07\\\x9b\x9d\x9c a"))
def test_nothing_that_steers_a_terminal_survives(text: str) -> None:
    shown = safe_text(text)

    assert safe_text(shown) == shown
    kinds = {c: unicodedata.category(c) for c in shown}
    assert not {"Cc", "Cs", "Zl", "Zp"} & set(kinds.values())
    assert not {c for c, kind in kinds.items() if kind == "Cf" and c not in VISIBLE_FORMATS}
    shown.encode("utf-8")


def test_a_long_run_of_unfinished_escapes_takes_linear_time() -> None:
    shown = safe_text("\x1b]\x90\x9d" * 100_000)

    assert len(shown) == 400_000


@pytest.mark.parametrize(
    ("hostile", "spelled"),
    [
        ("plain words", "plain words"),
        ("a\u202eb", "a\\u202eb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("tab\there", "tab\\x09here"),
        ("line\nline", "line\\x0aline"),
        ("caf\u00e9 🎙", "caf\u00e9 🎙"),
    ],
)
def test_what_is_decided_on_is_spelled_out(hostile: str, spelled: str) -> None:
    assert spell_out(hostile) == spelled


@given(st.text())
def test_spelling_out_hides_and_loses_nothing(text: str) -> None:
    shown = spell_out(text, newlines=True)

    assert safe_text(shown, newlines=True) == shown
    assert len(shown) >= len(text)
