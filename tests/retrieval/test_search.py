from __future__ import annotations

import itertools
from datetime import date

import pytest

from pmagent.retrieval.search import find, refine
from pmagent.types import Found, Query
from tests.retrieval.memory_index import FakeEncoder, MemoryIndex
from tests.retrieval.small_archive import Turns

TODAY = date(2025, 1, 15)

FILES: dict[str, tuple[date, Turns]] = {
    "ep-2.md": (
        date(2023, 2, 1),
        [
            ("Ana", "Beekeeping is mostly waiting. The hive tells you when the honey is ready."),
            ("Tom", "My neighbour keeps a kitten near the hives, and it never gets stung."),
        ],
    ),
    "ep-10.md": (
        date(2023, 2, 8),
        [
            ("Ana", "We met the federal mite inspector, who counts varroa for a living."),
            ("Tom", "Federated hives would be a joke, but federated learning is not one."),
        ],
    ),
    "ep-11.md": (
        date(2023, 9, 1),
        [("Tom", "Varroa again: the mites came back after the cold spring and we lost two hives.")],
    ),
    "notes/ep-10.md": (date(2023, 2, 8), [(None, "Varroa links. Federated learning links.")]),
    "ep-12.md": (
        date(2024, 5, 1),
        [("Ana", "The last honey harvest of the year pays for the paint and the new frames.")],
    ),
}
ENCODER = FakeEncoder()


def search(text: str, *, index: MemoryIndex | None = None, **wanted: object) -> Found:
    query = Query(text=text, **wanted)  # type: ignore[arg-type] - filters as a test names them
    index = index or MemoryIndex(files=FILES)
    return find(index, query, encoder=ENCODER, static=ENCODER, today=TODAY)


def by_words(text: str, *, index: MemoryIndex | None = None) -> Found:
    index = index or MemoryIndex(files=FILES, embedded=0)
    return find(index, Query(text=text), encoder=None, static=None, today=TODAY)


def paths(found: Found) -> list[str]:
    return [hit.passage.path for hit in found.hits]


def test_the_passage_with_the_words_comes_first_and_is_quoted_verbatim() -> None:
    hit = search("when is the honey ready").hits[0]

    assert hit.passage.path == "ep-2.md"
    assert hit.quote == (
        "Beekeeping is mostly waiting. The hive tells you when the honey is ready."
    )
    assert (hit.focus.first_line, hit.citation.speaker) == (1, "Ana")


def test_a_word_of_the_same_meaning_is_found() -> None:
    assert search("a cat near a beehive").hits[0].why.terms == ("near",)
    assert paths(search("a cat near a beehive"))[0] == "ep-2.md"


def test_the_first_mention_is_the_earliest_spoken_one() -> None:
    found = search("when did varroa first come up")

    assert found.intent == "first"
    assert paths(found)[:3] == ["ep-10.md", "notes/ep-10.md", "ep-11.md"]


def test_the_latest_mention_is_the_last_one() -> None:
    assert paths(search("the last time we talked about varroa"))[0] == "ep-11.md"


def test_a_file_dated_only_by_its_last_change_is_not_the_latest() -> None:
    changed = date(2025, 1, 14)
    files = {**FILES, "copied.md": (changed, [(None, "Varroa links, copied yesterday.")])}
    index = MemoryIndex(files=files, undated=("copied.md",))

    assert paths(search("the last time we talked about varroa", index=index))[0] == "ep-11.md"


def test_a_word_of_the_same_stem_is_not_a_mention() -> None:
    hit = search("first mention of federated").hits[0]

    assert "Federated hives" in hit.quote


def test_a_mention_is_quoted_where_the_word_stands() -> None:
    assert "varroa" in search("earliest episode where varroa comes up").hits[0].quote


def test_what_nobody_said_is_below_the_threshold_and_what_was_said_above() -> None:
    assert search("eurovision voting scandal").confidence < search("honey harvest").threshold
    assert search("honey harvest pays for paint").confidence > 0.9


@pytest.mark.parametrize("text", ["", "   ", "???", "what did we say about it", "the of and"])
def test_a_question_without_content_is_answered_without_confidence(text: str) -> None:
    found = by_words(text)

    assert found.confidence < found.threshold


def test_an_empty_archive_has_no_hits_and_no_confidence() -> None:
    found = search("honey", index=MemoryIndex(files={}))

    assert (found.hits, found.confidence) == ((), 0.0)
    assert refine(MemoryIndex(files={}), found, ENCODER, static=None, today=TODAY).is_refined


def test_one_passage_is_an_archive() -> None:
    files = {"a.md": (date(2024, 1, 1), [("Ana", "The honey harvest pays for the paint.")])}

    found = search("honey harvest", index=MemoryIndex(files=files))

    assert paths(found) == ["a.md"]
    assert found.confidence > found.threshold


def test_a_page_pasted_as_a_question_is_answered() -> None:
    assert paths(search("varroa mites came back after the cold spring " * 250))[0] == "ep-11.md"


def test_a_question_in_another_script_finds_its_words() -> None:
    files = {**FILES, "ja.md": (date(2024, 1, 1), [("Aki", "蜂蜜の収穫は六月です。")])}

    assert paths(search("蜂蜜 の 収穫", index=MemoryIndex(files=files)))[0] == "ja.md"


def test_filters_leave_nothing_else() -> None:
    assert set(paths(search("hives honey varroa", speaker="tom", since=date(2023, 3, 1)))) == {
        "ep-11.md"
    }
    assert paths(search("varroa", within=("notes/**",))) == ["notes/ep-10.md"]
    assert search("varroa", until=date(2000, 1, 1)).hits == ()


def test_words_alone_rank_and_say_so() -> None:
    found = by_words("varroa mites cold spring")

    assert found.tier == "words"
    assert paths(found)[0] == "ep-11.md"
    assert found.hits[0].why.meaning is None


def test_a_passage_without_a_vector_is_found_among_those_with_one() -> None:
    index = MemoryIndex(files=FILES, embedded=2)

    assert paths(search("honey harvest pays for paint", index=index))[0] == "ep-12.md"


def test_the_speaker_a_question_names_comes_before_others() -> None:
    said = "The frames are painted white every spring before the bees wake up."
    files = {
        "a.md": (date(2024, 1, 1), [("Ana Ruiz", said.replace("white", "blue"))]),
        "b.md": (date(2024, 1, 1), [("Tom Okafor", said.replace("white", "red"))]),
    }

    found = search("what did Tom Okafor say about painted frames", index=MemoryIndex(files=files))

    assert paths(found) == ["b.md", "a.md"]


def test_nearly_the_same_words_are_one_hit_that_lists_the_other_place() -> None:
    said = "The honey harvest pays for the paint and the new frames in the far meadow."
    files = {
        "a.md": (date(2023, 1, 1), [("Ana", said)]),
        "b.md": (date(2024, 1, 1), [("Ana", said + " Yes.")]),
    }

    [hit] = search("honey harvest paint", index=MemoryIndex(files=files)).hits

    assert {hit.passage.path, *(place.path for place in hit.duplicates)} == {"a.md", "b.md"}


def test_parts_of_one_long_turn_are_one_place() -> None:
    turn = " ".join(f"Sentence {n} speaks of honey and of frame number {n}." for n in range(60))
    files = {"a.md": (date(2024, 1, 1), [("Ana", turn)])}
    index = MemoryIndex(files=files)

    hits = search("honey frame", index=index).hits
    positions = sorted(hit.passage.position for hit in hits)

    assert index.size > 2
    assert all(b - a > 1 for a, b in itertools.pairwise(positions))


def test_refining_keeps_every_passage_and_the_order_in_time() -> None:
    index = MemoryIndex(files=FILES)
    found = search("when did varroa first come up", index=index)

    refined = refine(index, found, ENCODER, static=ENCODER, today=TODAY)

    assert refined.is_refined
    assert sorted(paths(refined)) == sorted(paths(found))
    assert paths(refined)[0] == "ep-10.md"
    assert refined.hits[0].why.late is not None


def test_every_quote_stands_at_its_focus() -> None:
    for hit in search("hives honey varroa federated", limit=20).hits:
        lines = [
            segment.text
            for segment in hit.passage.segments
            if hit.focus.first_line <= segment.first_line <= hit.focus.last_line
        ]
        assert hit.quote in " ".join(lines)
