from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pmagent.ingest.passages import LONGEST_TURN, locate, speaker_at, split_passages
from pmagent.types import Block, Locator, Passage

WORDS = st.sampled_from(["pricing", "is", "a", "promise.", "Not", "number,", "so", "“seats”", "é?"])
LINES = st.lists(st.lists(WORDS, max_size=40).map(" ".join), min_size=1, max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> list[Block]:
    blocks: list[Block] = []
    line, ms = 1, 0
    for lines in draw(st.lists(LINES, max_size=12)):
        line += draw(st.integers(0, 4))
        ms += draw(st.integers(0, 60_000))
        timed = draw(st.booleans())
        blocks.append(
            Block(
                text="\n".join(lines),
                first_line=line,
                speaker=draw(st.sampled_from([None, "Ana", "Tom Okafor"])),
                heading=draw(st.sampled_from([(), ("Plan",)])),
                start_ms=ms if timed else None,
                end_ms=ms + 900 if timed and draw(st.booleans()) else None,
            )
        )
        line += len(lines)
    return blocks


def source_of(blocks: list[Block]) -> dict[int, str]:
    return {
        block.first_line + offset: text
        for block in blocks
        for offset, text in enumerate(block.text.split("\n"))
    }


def words_of(passage: Passage) -> list[tuple[int, int, str]]:
    """Every word of the shown text that is not a speaker's label."""
    found: list[tuple[int, int, str]] = []
    offset = 0
    for line, segment in zip(passage.text.split("\n"), passage.segments, strict=True):
        skip = len(segment.speaker) + 2 if segment.speaker else 0
        for word in re.finditer(r"\S+", line):
            at = offset + word.start()
            found += [(at, at + len(word.group()), word.group())] if word.start() >= skip else []
        offset += len(line) + 1
    return found


@given(documents())
def test_every_word_is_in_exactly_one_passage_in_order(blocks: list[Block]) -> None:
    passages = split_passages("a.md", blocks)

    said = [word for passage in passages for *_, word in words_of(passage)]
    assert said == [word for block in blocks for word in block.text.split()]
    assert [passage.position for passage in passages] == list(range(len(passages)))
    assert len({passage.id for passage in passages}) == len(passages)


@given(documents())
def test_a_locator_points_at_the_line_that_holds_the_word(blocks: list[Block]) -> None:
    source = source_of(blocks)

    for passage in split_passages("a.md", blocks):
        for start, end, word in words_of(passage):
            where = locate(passage, start, end)
            assert where.first_line == where.last_line
            assert word in source[where.first_line].split()
            assert passage.locator.first_line <= where.first_line <= passage.locator.last_line


@given(documents())
def test_times_never_run_backwards_within_a_passage(blocks: list[Block]) -> None:
    for passage in split_passages("a.md", blocks):
        times = [locate(passage, start, end).start_ms for start, end, _ in words_of(passage)]
        known = [ms for ms in times if ms is not None]
        assert known == sorted(known)


def test_a_cue_is_cited_by_its_own_start() -> None:
    blocks = [
        Block(
            text="Pricing is a promise,", first_line=4, speaker="Ana", start_ms=3000, end_ms=5000
        ),
        Block(text="not a number.", first_line=8, speaker="Ana", start_ms=5200, end_ms=6400),
    ]

    [passage] = split_passages("ep.vtt", blocks)

    assert passage.text == "Ana: Pricing is a promise, not a number."
    start = passage.text.index("not a")
    assert locate(passage, start, len(passage.text)) == Locator(
        first_line=8, last_line=8, start_ms=5200, end_ms=5200
    )
    assert speaker_at(passage, start) == "Ana"


def test_between_two_marks_the_time_is_estimated_by_words_and_said_to_be() -> None:
    words = " ".join(["word"] * 99) + " end."
    blocks = [
        Block(text=words, first_line=1, speaker="Ana", start_ms=0),
        Block(text="Half way there.", first_line=3, speaker="Tom"),
        Block(text=words, first_line=5, speaker="Ana", start_ms=103_000),
    ]

    passages = split_passages("ep.md", blocks)

    tom = next(p for p in passages if "Half way" in p.text)
    where = locate(tom, tom.text.index("Half"), tom.text.index("there"))
    assert (where.start_ms, where.is_interpolated) == (100_000, True)


def test_a_turn_of_ordinary_length_is_never_cut_and_a_long_one_only_between_sentences() -> None:
    ordinary = Block(text=" ".join(["Right so."] * (LONGEST_TURN // 2)), first_line=1, speaker="A")
    long = Block(text=" ".join(["This is one whole sentence."] * 120), first_line=3, speaker="B")

    passages = split_passages("ep.md", [ordinary, long])

    assert passages[0].text == f"A: {ordinary.text}"
    assert len(passages) > 3
    assert all(passage.text.endswith("sentence.") for passage in passages[1:])


def test_the_same_words_at_the_same_line_have_different_ids() -> None:
    [first, *rest] = split_passages("a.txt", [Block(text="again. " * 1000, first_line=1)])

    assert rest
    assert first.id not in {passage.id for passage in rest}
