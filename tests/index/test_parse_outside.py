"""Strangers' formats are read by a worker that a file can end, and nothing more."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.errors import ReadError, SkipError
from pmagent.index.parse_form import pack, unpack
from pmagent.index.parse_outside import OutsideParser, is_outside
from pmagent.ingest.parse import parse, take
from pmagent.types import Block, Parsed
from tests.ingest.hostile import FONT, page, stream

CORPUS = Path(__file__).parent.parent / "corpus"
SAMPLES = sorted(
    path for path in CORPUS.iterdir() if path.is_file() and ".golden" not in path.suffixes
)
ENDLESS = page(stream(b"BT /F 1 Tf " + b"(x) Tj " * 2_000_000 + b"ET"), FONT)
DYING = "tests.index.dying_worker"
CSV = b"name,word\nlast,farewell\n"


@pytest.fixture(scope="module")
def outside() -> Iterator[OutsideParser]:
    with OutsideParser() as parser:
        yield parser


def outcome(parse_it: object, data: bytes, name: str) -> object:
    try:
        return parse_it(data, name)  # pyright: ignore[reportCallIssue]
    except ReadError as exc:
        return type(exc), exc.message, exc.hint


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_file_reads_the_same_inside_and_outside(outside: OutsideParser, path: Path) -> None:
    data = path.read_bytes()

    assert outcome(outside.parse, data, path.name) == outcome(parse, data, path.name)


@pytest.mark.parametrize("encoding", ["cp1252", "cp1251", "shift_jis", "gb18030", "utf-16", "big5"])
def test_old_encodings_are_known_in_the_worker(outside: OutsideParser, encoding: str) -> None:
    text = {
        "cp1251": "Съешь же ещё этих мягких французских булок; ",
        "shift_jis": "いろはにほへとちりぬるを、わかよたれそ; ",
        "gb18030": "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張; ",
        "big5": "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張; ",
    }.get(encoding, "Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich; ")
    data = (text * 30).encode(encoding)

    assert outcome(outside.parse, data, "a.csv") == outcome(parse, data, "a.csv")


def test_the_worker_has_no_files_and_no_network(outside: OutsideParser) -> None:
    outside.parse(CSV, "a.csv")

    assert outside.is_confined
    status = Path(f"/proc/{outside.pid}/status").read_text(encoding="ascii")
    assert "Seccomp:\t2" in status
    assert "CapEff:\t0000000000000000" in status


def test_plain_formats_are_read_here_and_strangers_outside() -> None:
    here = ("a.md", "a.txt", "a.vtt", "a.srt", "a.SBV", "code.py", "x.unknown")
    there = ("a.pdf", "a.DOCX", "a.html", "a.json", "a.ipynb", "a.csv", "a.ics", "no suffix")

    assert [name for name in (*here, *there) if is_outside(name)] == list(there)


def test_no_worker_is_started_for_plain_formats() -> None:
    with OutsideParser() as parser:
        parser.prepare(["notes/a.md", "b.vtt"])
        parser.parse(b"hello there", "a.md")

        assert parser.pid is None


def test_a_file_that_takes_too_long_is_named_and_the_next_is_read() -> None:
    with OutsideParser(timeout_s=1.5) as parser:
        with pytest.raises(ReadError, match=r"^reading it takes over 1.5 seconds$"):
            parser.parse(ENDLESS, "a.pdf")

        assert parser.parse(CSV, "a.csv").format == "table"


def test_a_worker_that_is_killed_between_two_files_is_replaced() -> None:
    with OutsideParser() as parser:
        parser.parse(CSV, "a.csv")
        first = parser.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        assert parser.parse(CSV, "b.csv").blocks[1].text == "last; farewell"
        assert parser.pid != first


def test_a_file_that_ends_a_fresh_worker_is_named() -> None:
    with (
        OutsideParser(worker=DYING) as parser,
        pytest.raises(ReadError, match=r"died with signal 11"),
    ):
        parser.parse(CSV, "a.csv")


def test_a_file_that_ends_a_worker_that_read_others_is_tried_once_more() -> None:
    with OutsideParser(worker=DYING) as parser:
        assert parser.parse(b"well", "well.csv").blocks[0].text == "well"
        first = parser.pid
        with pytest.raises(ReadError, match=r"died with signal 11"):
            parser.parse(CSV, "a.csv")

        assert parser.parse(b"well", "well.csv").blocks[0].text == "well"
        assert parser.pid != first


def test_memory_is_bounded_in_the_worker() -> None:
    wide = b'{"segments": [{"start": 0, "text": "a", "x": [' + b"[]," * 9_000_000 + b"[]]}]}"

    with OutsideParser() as parser:
        with pytest.raises(ReadError, match=r"^too large for the memory there is$"):
            parser.parse(wide, "a.json")

        assert parser.parse(CSV, "b.csv").format == "table"


blocks = st.builds(
    Block,
    text=st.text(min_size=1),
    first_line=st.integers(1, 10**9),
    speaker=st.none() | st.text(),
    heading=st.lists(st.text(), max_size=3).map(tuple),
    start_ms=st.none() | st.integers(0, 10**9),
    end_ms=st.none() | st.integers(0, 10**9),
    marks=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 10**9)), max_size=3).map(tuple),
    page=st.none() | st.integers(1, 5_000),
)


@given(
    st.builds(
        Parsed,
        blocks=st.lists(blocks, max_size=4).map(tuple),
        format=st.text(),
        title=st.none() | st.text(),
        date=st.none() | st.dates(),
        tags=st.lists(st.text(), max_size=3).map(tuple),
        warnings=st.lists(st.text(), max_size=3).map(tuple),
    )
)
@settings(max_examples=50, deadline=None)
def test_what_is_packed_is_unpacked(parsed: Parsed) -> None:
    assert unpack(pack(parsed)) == parsed


def test_an_answer_of_another_shape_is_refused() -> None:
    good = pack(take(CSV, "a.csv"))
    bad = [
        b"", b"[]", b"{}", b"[" * 100_000, good[:-5],
        good.replace(b'"first_line":[1,2]', b'"first_line":[1]'),
        good.replace(b'"first_line":[1,2]', b'"first_line":[-1,2]'),
        good.replace(b'"first_line":[1,2]', b'"first_line":["1",2]'),
        good.replace(b'"title":null', b'"title":{"a":1}'),
        good.replace(b'"heading":[[],[]]', b'"heading":[{},[]]'),
        good.replace(b'"date":null', b'"date":"yesterday"'),
    ]  # fmt: skip

    for raw in bad:
        assert raw != good
        with pytest.raises(ReadError, match="no answer that can be understood"):
            unpack(raw)


def test_hidden_characters_in_a_workers_answer_do_not_come_in(outside: OutsideParser) -> None:
    parsed = outside.parse('name,word\n"a\u202eb",c\u200bd\n'.encode(), "a.csv")

    assert parsed.blocks[1].text == "ab; cd"


def test_an_empty_file_is_skipped(outside: OutsideParser) -> None:
    with pytest.raises(SkipError, match=r"^empty$"):
        outside.parse(b" \n", "a.csv")
