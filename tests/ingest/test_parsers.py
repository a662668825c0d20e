"""Every format, from small files written for the purpose, and what no input may do."""

from __future__ import annotations

import dataclasses
import html
import importlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pmagent.errors import PmagentError, ReadError, SkipError
from pmagent.ingest import parsers
from pmagent.ingest.decode import decode
from pmagent.ingest.parse import parse
from pmagent.registry import collect
from pmagent.types import Block, Parsed

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "tests/corpus"
SAMPLES = sorted(
    path.name
    for path in CORPUS.iterdir()
    if path.is_file() and not path.name.endswith(".golden.json")
)
OWN_LINES = (".docx", ".pdf", ".ics")
"""Paragraphs, extracted lines and unfolded lines: no lines of the file to compare with."""
LINE_FORMATS = [".md", ".txt", ".vtt", ".srt", ".sbv", ".csv", ".tsv", ".html", ".json", ".rst", ""]


def as_json(parsed: Parsed) -> str:
    """The value as reviewed in a golden file: fields that say nothing are left out."""
    fields = dataclasses.asdict(parsed)
    fields["blocks"] = [
        {key: value for key, value in block.items() if value not in (None, ())}
        for block in fields["blocks"]
    ]
    shown = {key: value for key, value in fields.items() if value not in (None, ())}
    return json.dumps(shown, indent=1, ensure_ascii=False, default=str) + "\n"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_parsed_as_its_golden_file_says(name: str) -> None:
    golden = CORPUS / f"{name}.golden.json"

    found = as_json(parse((CORPUS / name).read_bytes(), name))

    if not golden.exists():
        golden.write_text(found, encoding="utf-8")
        pytest.fail(f"wrote {golden.name}: read it, and run again")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.endswith(OWN_LINES)])
def test_text_lines_stand_on_the_lines_they_claim(name: str) -> None:
    data = (CORPUS / name).read_bytes()

    assert_lines_hold(data, parse(data, name))


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"])
    | st.sampled_from("*_`[]()|#<>&:-\n\n\\"),
    max_size=200,
)
PIECES = st.sampled_from([
    "**Ana:** hi", "**Tom:** \\[01:02\\] yes [02:03] so", "**Break:** [1:00]", "# One", "## Two ##",
    "- [ ] do it", "| a | b |", "|---|---|", "```", "> said", "Title\n---", "[[a#b|c]] ^id1",
    "%%no%%", "<!--", "-->", "Ana: hello", "Tom: yes", "[00:01] Ana: so", "Ana  0:01",
    "00:01 --> 00:02", "00:00:01,5 -> 1:02", "<v Ana>hi</v>", "WEBVTT", "NOTE x",
    "<p>one<br>two", "</p>", "<script>", 'a,"b', 'c",d', "", "", "1", "&amp;&#10;x", "---",
    "title: x", "date: 2026-02-30", "*a **b* c**", "\u202eevil", "e\u0301", "\x1b[31mred",
    "a\u200d b", '{"a": "b\\nc"}', '[{"text": "a", "start": 1}]',
])  # fmt: skip
DOCUMENTS = st.lists(PIECES | WORDS, max_size=12).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(text=DOCUMENTS, suffix=st.sampled_from(LINE_FORMATS))
@example(text="a\rb\r\nc\x0bd\u2028e\x85f\n# g", suffix=".md")
@example(text='"a\nb",c\n"d', suffix=".csv")
def test_any_text_is_read_and_each_line_stands_where_it_says(text: str, suffix: str) -> None:
    data = text.encode()
    try:
        parsed = parse(data, f"notes/any{suffix}")
    except ReadError:
        return

    assert_lines_hold(data, parsed)
    for block in parsed.blocks:
        offsets = [offset for offset, _ in block.marks]
        assert block.text.strip()
        assert offsets == sorted(offsets)
        assert all(0 <= offset <= len(block.text) for offset in offsets)


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([
        b"",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        b"WEBVTT\n",
        b"\xff\xfe",
        b"---\n",
        b"{",
    ]),
    suffix=st.sampled_from([*LINE_FORMATS, ".pdf", ".docx", ".ipynb", ".ics", ".xyz"]),
)
def test_bytes_of_any_kind_are_read_or_refused_with_a_reason(
    data: bytes, start: bytes, suffix: str
) -> None:
    assert outcome(start + data, f"any{suffix}")


@pytest.mark.parametrize("name", ["report.docx", "paper.pdf"])
@settings(max_examples=60, deadline=None)
@given(position=st.floats(0, 1), byte=st.integers(0, 255), keep=st.floats(0.05, 1))
def test_a_damaged_file_is_read_or_refused_with_a_reason(
    name: str, position: float, byte: int, keep: float
) -> None:
    data = bytearray((CORPUS / name).read_bytes())
    data[int(position * (len(data) - 1))] = byte

    assert outcome(bytes(data[: int(len(data) * keep)]), name)


SPOKEN = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,5}", fullmatch=True)


@settings(max_examples=100, deadline=None)
@given(
    lines=st.lists(SPOKEN | st.just(""), min_size=1, max_size=20).filter(any),
    suffix=st.sampled_from([".md", ".txt", ".csv", ".html", ".rst", ".vtt", ""]),
)
def test_no_word_of_running_text_is_lost(lines: list[str], suffix: str) -> None:
    parsed = parse("\n".join(lines).encode(), f"a{suffix}")

    assert " ".join(texts(parsed)).split() == " ".join(lines).split()


def outcome(data: bytes, path: str) -> Sequence[Block] | str:
    """What a file holds, or why it is not read; any other exception is the test's failure."""
    try:
        return parse(data, path).blocks
    except ReadError as refusal:
        return refusal.message


def assert_lines_hold(data: bytes, parsed: Parsed) -> None:
    source = decode(data).text.split("\n")
    for block in parsed.blocks:
        for number, line in enumerate(block.text.split("\n"), block.first_line):
            assert is_within(line, source[number - 1]), (number, line, source[number - 1])


def is_within(line: str, source: str) -> bool:
    """Whether the letters and digits of `line` come in this order in `source`."""
    if "\\u" in source:
        return True
    rest = iter(unicodedata.normalize("NFKD", html.unescape(source) + source))
    return all(sign in rest for sign in unicodedata.normalize("NFKD", line) if sign.isalnum())


@pytest.fixture
def another_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is part of the parsers package while the test runs."""
    folder = tmp_path / "more-parsers"
    folder.mkdir()
    parsers.__path__.append(str(folder))
    yield folder
    parsers.__path__.remove(str(folder))


def test_a_parser_is_added_by_adding_one_file(another_folder: Path) -> None:
    guide = (ROOT / "docs/guide/add-a-parser.md").read_text(encoding="utf-8")
    sample, code = re.findall(r"```(?:python)?\n(.*?)```", guide, re.DOTALL)[:2]
    (another_folder / "memo.py").write_text(code, encoding="utf-8")

    parsed = parse(sample.encode(), "talks/Ferry.MEMO")

    ana = Block(text="The ferry leaves at six.", first_line=2, speaker="Ana Ruiz", start_ms=500)
    tom = Block(text="Then we are late.", first_line=3, speaker="Tom Okafor", start_ms=4250)
    assert parsed == Parsed(blocks=(ana, tom), format="memo")


def test_a_module_without_the_export_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "some_parts"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "_shared.py").write_text("", encoding="utf-8")
    (package / "b.py").write_text("PART = 2\n", encoding="utf-8")
    (package / "a.py").write_text("PART = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert collect("some_parts", "PART") == (1, 2)

    (package / "c.py").write_text("part = 3\n", encoding="utf-8")
    importlib.invalidate_caches()
    with pytest.raises(PmagentError, match=r'the module "some_parts\.c" has no "PART"'):
        collect("some_parts", "PART")


def texts(parsed: Parsed) -> list[str]:
    return [block.text for block in parsed.blocks]


def speakers(parsed: Parsed) -> list[str | None]:
    return [block.speaker for block in parsed.blocks]


def test_empty_and_blank_files_are_skipped() -> None:
    for data in (b"", b" \n\t\r\n", b"\xef\xbb\xbf", "\u200b\n".encode(), b"---\n---\n"):
        with pytest.raises(SkipError, match=r"^empty$"):
            parse(data, "a.md")


def test_a_suffix_does_not_decide_against_the_content() -> None:
    vtt = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"

    assert parse(vtt, "captions.txt").format == "vtt"
    assert parse(b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "captions.txt").format == "srt"
    assert parse(b"<!DOCTYPE html><p>Hello", "saved").format == "html"
    assert parse((CORPUS / "paper.pdf").read_bytes(), "paper").format == "pdf"
    assert parse(vtt, "notes.vtt").format == "vtt"


def test_a_file_that_is_not_what_its_name_says_is_read_as_text() -> None:
    for name, kind in (("a.pdf", "PDF"), ("a.docx", "DOCX"), ("a.vtt", "VTT"), ("a.ics", "ICS")):
        parsed = parse(b"Only words.\n", name)

        assert texts(parsed) == ["Only words."]
        assert parsed.warnings == (f"the content is not {kind}: read as plain text",)


def test_unknown_suffixes_and_source_code_are_plain_text() -> None:
    code = "def ferry():\n    # Ana: hello\n    # Tom: hello\n    # Ana: again"

    parsed = parse(code.encode(), "src/ferry.py")

    assert parsed.blocks == (Block(text=code, first_line=1),)


def test_prose_with_colons_names_no_speaker() -> None:
    for text in (
        "Note: one.\n\nNote: two.\n\nNote: three.",
        "**Status:** open\n\n**Goal:** ship it\n\n**Status:** done",
        "Date: today\nSubject: ferries\nFrom: Ana\nTo: Tom\n\nDear Tom, the ferry is late.",
        "Breakfast 08:00\nLunch 12:30\nDinner 19:00",
        "[09:00] Coffee.\n\n[09:30] Walked to the harbour.\n\n[10:15] Back.",
        "We saw this: it rained.\n\nHe said this: it rained.\n\nIt rained again.",
        "**Links:**\n- one\n\n**Books:**\n- two\n\n**Links:**\n- three",
    ):
        for suffix in (".md", ".txt"):
            assert set(speakers(parse(text.encode(), f"a{suffix}"))) == {None}, text


def test_a_paragraph_without_a_name_belongs_to_the_last_speaker_until_a_heading() -> None:
    text = "**Ana:** One.\n\nTwo.\n\n- Three\n\n**Tom:** Four.\n\n**Ana:** Five.\n\n# Notes\n\nSix."

    parsed = parse(text.encode(), "a.md")

    assert [(block.speaker, block.text) for block in parsed.blocks] == [
        ("Ana", "One."), ("Ana", "Two."), ("Ana", "Three"), ("Tom", "Four."), ("Ana", "Five."),
        (None, "Notes"), (None, "Six."),
    ]  # fmt: skip


def test_time_marks_leave_the_text_and_keep_their_place() -> None:
    turns = "**Ana:** \\[00:10\\] One two \\[00:20\\] three\nfour [00:30.5] five."
    text = f"{turns}\n\n**Tom:** Six.\n\n**Ana:** Yes."

    first = parse(text.encode(), "a.md").blocks[0]

    assert first == Block(
        text="One two three\nfour five.",
        first_line=1,
        speaker="Ana",
        start_ms=10_000,
        marks=((8, 20_000), (19, 30_500)),
    )


def test_a_break_has_no_text_and_times_what_follows() -> None:
    text = (
        "**Ana:** One.\n\n**Break:** \\[10:00\\] to \\[11:30\\]\n\n**Tom:** Two.\n\n**Ana:** Three."
    )

    parsed = parse(text.encode(), "a.md")

    assert [(b.speaker, b.text, b.start_ms) for b in parsed.blocks] == [
        ("Ana", "One.", None), ("Tom", "Two.", 690_000), ("Ana", "Three.", None),
    ]  # fmt: skip


def test_brackets_in_notes_are_not_time_marks() -> None:
    assert texts(parse(b"Meet at [10:30] sharp.", "a.md")) == ["Meet at [10:30] sharp."]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**bold** *it* __b__ _i_ ~~s~~ ==h==", "bold it b i s h"),
        ("2 * 3 and 4 * 5, snake_case_name", "2 * 3 and 4 * 5, snake_case_name"),
        ("`**code**` and ``a ` b``", "**code** and a ` b"),
        ("[text](https://e.org \"t\") ![alt](i.png)", "text alt"),
        ("[![badge](b.svg)](https://e.org)", "badge"),
        ("<https://e.org/a_b_c> List<String> <b>x</b>", "https://e.org/a_b_c List<String> x"),
        ("[[Page]] [[Page#Part]] [[#Part]] [[Page|name]]", "Page Page Part name"),
        (r"\*not\* \[me\] &copy; &eacute;", "*not* [me] © é"),
        ("see[^2] and [ref][id]", "see and ref"),
        ("text ^a1b2c3", "text"),
        ("x ^2", "x ^2"),
    ],
)  # fmt: skip
def test_markdown_reads_as_it_is_shown(written: str, read: str) -> None:
    assert texts(parse(f"So: {written}".encode(), "a.md")) == [f"So: {read}"]


def test_what_hides_text_for_ever_hides_nothing() -> None:
    for text in ("a <!-- b\n\nc", "a %% b\n\nc", "```\na b\n\nc", "---\nkey: x\na b\n\nc"):
        shown = " ".join(texts(parse(text.encode(), "a.md")))

        assert {"b", "c"} <= set(shown.split()), text


def test_front_matter_is_never_a_bomb() -> None:
    aliases = "a: &a [x, x]\n" + "\n".join(f"b{i}: [*a, *a]" for i in range(9))
    deep = "a: " + "[" * 5_000

    for inside in (aliases, deep):
        parsed = parse(f"---\n{inside}\n---\nThe body.\n".encode(), "a.md")

        assert texts(parsed)[-1] == "The body."
        assert "front matter" in parsed.warnings[0]


def test_controls_do_not_come_back_through_entities_and_escapes() -> None:
    for data, name in (
        (b"<p>a&#27;[31mb&#8238;c&#8203;d</p>", "a.html"),
        (b"a&#27;[31mb&#8238;c&#8203;d", "a.md"),
        (b'{"x": "a\\u001b[31mb\\u202ec\\u200bd"}', "a.json"),
        (b'[{"text": "a\\u001b[31mb\\u202ec\\u200bd", "start": 0}]', "b.json"),
    ):
        shown = texts(parse(data, name))[0]

        assert not set(shown) & set("\x1b\u202e\u200b")
        assert shown.endswith("bcd")


def test_half_a_character_from_json_becomes_a_replacement() -> None:
    assert texts(parse(b'[{"text": "a \\ud83d b", "start": 0}]', "a.json")) == ["a \ufffd b"]


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html", ".json", ".ics", ".vtt"])
@pytest.mark.parametrize(
    "unit",
    [
        "[", "![](", "`", "` ``", "*a ", "> ", "<!--", "%%", "<a '", "<a '>", "<div>", "&", "\x1b]",
        "|", '{"a":', "[{", "# ", "|\n|-\n", "1:1", "1:11 ", "a\u200d", "**N:** [1:2", "\n ^a",
        'A;B="', "\ta",
    ],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_no_input_is_slow(unit: str, suffix: str) -> None:
    for text in (unit * (200_000 // len(unit)), " " * 100_000 + unit, f"# {' ' * 100_000}{unit}"):
        assert outcome(text.encode(), f"a{suffix}")


def test_five_megabytes_on_one_line_are_one_block() -> None:
    text = "lorem ipsum " * 400_000 + "the end"

    assert texts(parse(text.encode(), "a.txt")) == [text]


def test_two_hundred_thousand_lines_keep_their_numbers() -> None:
    text = "x\n" * 200_000 + "\nthe end"

    last = parse(text.encode(), "a.md").blocks[-1]

    assert (last.first_line, last.text) == (200_002, "the end")


def test_more_rows_than_anybody_wrote_are_cut_with_a_warning() -> None:
    parsed = parse(b"a,b\n" * 300_500, "a.csv")

    assert len(parsed.blocks) == parsers.MOST_BLOCKS
    assert parsed.warnings == ("only its first 150,000 paragraphs or rows are read",)
