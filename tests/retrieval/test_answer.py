from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pmagent.retrieval.answer import compose_answer, stands_at
from pmagent.types import Abstention, Answer
from tests.retrieval.small_archive import SmallArchive

FILES: dict[str, tuple[date, list[tuple[str | None, str]]]] = {
    "ep-1.md": (
        date(2023, 4, 2),
        [
            ("Ana", "Welcome back. Today we look at how the co-op prices its tool library."),
            ("Tom", "Yeah, exactly."),
            ("Ana", "So how much does a member pay for the tool library?"),
            (
                "Tom",
                "A member pays 40 dollars a year for the tool library. It covers repairs and the "
                "insurance. We never charge by the hour.",
            ),
        ],
    ),
    "ep-2.md": (
        date(2024, 6, 9),
        [
            ("Ana", "The tool library moved to the old bakery in spring."),
            ("Mira", "Lending by the hour would punish slow carpenters in the tool library."),
            ("Ana", "My sourdough starter died in the heat."),
        ],
    ),
    "ep-3.md": (
        date(2025, 1, 20),
        [("Tom", "The ferry was late again. The tide tables were wrong by an hour and a half.")],
    ),
    "ep-4.md": (date(2025, 2, 1), [("Mira", "Violets grow well beside the northern wall.")]),
}


def asked(text: str, *, intent: str = "topic", archive: SmallArchive | None = None) -> Answer:
    archive = archive or SmallArchive(FILES)
    reply = compose_answer(archive.find(text, intent=intent), archive, read=archive.read)
    assert isinstance(reply, Answer)
    return reply


def test_an_amount_is_answered_by_the_sentence_that_has_the_number() -> None:
    first = asked("how much does a member pay for the tool library", intent="how many").sentences[0]

    assert first.text == "A member pays 40 dollars a year for the tool library."
    assert (first.citation.path, first.citation.speaker) == ("ep-1.md", "Tom")
    assert (first.citation.locator.first_line, first.citation.locator.last_line) == (7, 7)


def test_who_is_answered_with_the_speaker() -> None:
    [sentence, *_] = asked("who said hours punish slow carpenters", intent="who").sentences

    assert sentence.citation.speaker == "Mira"


def test_first_and_latest_are_answered_from_that_day_alone() -> None:
    first = asked("first mention of the tool library", intent="first")
    latest = asked("latest mention of the tool library", intent="latest")

    assert {item.citation.date for item in first.sentences} == {date(2023, 4, 2)}
    assert {item.citation.date for item in latest.sentences} == {date(2024, 6, 9)}


def test_a_sentence_that_opens_with_a_pronoun_brings_the_one_before_it() -> None:
    files = {
        "a.md": (
            date(2024, 1, 1),
            [("Tom", "We built a kiln. It covers repairs of every roof tile.")],
        )
    }

    [sentence] = asked("what covers roof tile repairs", archive=SmallArchive(files)).sentences

    assert sentence.text == "We built a kiln. It covers repairs of every roof tile."


def test_fragments_and_questions_do_not_answer() -> None:
    texts = {item.text for item in asked("tool library price for a member").sentences}

    assert not texts & {"Yeah, exactly.", "So how much does a member pay for the tool library?"}


def test_an_answer_has_at_most_four_sentences_and_none_twice() -> None:
    turns = [("Ana", f"The tool library opened shelf {n} for members.") for n in range(9)]
    files = {f"e{n}.md": (date(2024, 1, n + 1), [turn]) for n, turn in enumerate(turns * 2)}

    texts = [
        item.text for item in asked("tool library shelf", archive=SmallArchive(files)).sentences
    ]

    assert 1 <= len(texts) <= 4
    assert len(texts) == len(set(texts))


def test_every_sentence_stands_in_the_lines_it_cites() -> None:
    archive = SmallArchive(FILES)
    for question in ("tool library", "tide tables", "who lends by the hour", "violets"):
        for item in asked(question, archive=archive).sentences:
            place = item.citation.locator
            lines = [
                block.text
                for block in archive.read(item.citation.path)
                if place.first_line <= block.first_line <= place.last_line
                and block.speaker == item.citation.speaker
            ]
            assert stands_at(item.text, lines)


def test_a_sentence_changed_since_it_was_indexed_is_left_out() -> None:
    turns = [
        *FILES["ep-1.md"][1][:3],
        ("Tom", "A member pays 45 dollars a year for the tool library."),
    ]
    archive = SmallArchive(FILES, changed={"ep-1.md": turns})

    texts = [
        item.text
        for item in asked("what does a member pay for the tool library", archive=archive).sentences
    ]

    assert texts
    assert not any("40 dollars" in text for text in texts)


def test_a_sentence_now_said_by_another_is_left_out() -> None:
    archive = SmallArchive(FILES, changed={"ep-4.md": [("Ana", FILES["ep-4.md"][1][0][1])]})
    found = archive.find("violets")

    assert compose_answer(found, archive, read=archive.read) == Abstention(
        reason="outdated", found=found
    )


def test_a_file_that_is_gone_makes_an_abstention_that_says_so() -> None:
    archive = SmallArchive(FILES, changed={"ep-3.md": []})
    found = archive.find("tide tables")

    reply = compose_answer(found, archive, read=archive.read)

    assert reply == Abstention(reason="outdated", found=found)


def test_weak_evidence_and_no_hits_are_no_answer() -> None:
    archive = SmallArchive(FILES)
    weak = archive.find("violets", confidence=0.1)
    none = archive.find("zeppelin")

    assert compose_answer(weak, archive, read=archive.read) == Abstention(
        reason="weak_evidence", found=weak
    )
    assert compose_answer(none, archive, read=archive.read) == Abstention(
        reason="no_hits", found=none
    )


WORDS = st.text(alphabet="abcdefgé", min_size=2, max_size=7)
SENTENCES = st.lists(WORDS, min_size=2, max_size=8).map(
    lambda words: " ".join(words).capitalize() + "."
)
PAGES = st.lists(SENTENCES, min_size=1, max_size=6)


def broken(text: str, breaks: Sequence[int]) -> list[str]:
    """The text on several lines."""
    words = text.split()
    lines: list[list[str]] = [[]]
    for number, word in enumerate(words):
        if number in breaks and lines[-1]:
            lines.append([])
        lines[-1].append(word)
    return ["  ".join(line) for line in lines]


@given(PAGES, st.data())
def test_a_run_of_sentences_stands_in_its_source_however_the_lines_break(
    page: list[str], choice: st.DataObject
) -> None:
    start = choice.draw(st.integers(0, len(page) - 1))
    end = choice.draw(st.integers(start + 1, len(page)))
    breaks = choice.draw(st.lists(st.integers(0, 60)))

    assert stands_at(" ".join(page[start:end]), broken(" ".join(page), breaks))


@given(PAGES, st.data())
def test_a_sentence_with_one_word_changed_does_not_stand(
    page: list[str], choice: st.DataObject
) -> None:
    words = " ".join(page).split()
    place = choice.draw(st.integers(0, len(words) - 1))
    other = choice.draw(WORDS)
    assume(other != words[place].strip("."))
    changed = [*words[:place], other, *words[place + 1 :]]

    assert not stands_at(" ".join(changed), page)


@given(PAGES, st.data())
def test_a_sentence_without_its_negation_does_not_stand(
    page: list[str], choice: st.DataObject
) -> None:
    words = choice.draw(st.sampled_from(page)).split()
    place = choice.draw(st.integers(0, len(words)))
    negation = choice.draw(st.sampled_from(["not", "never", "no", "don't", "without"]))
    source = " ".join([*words[:place], negation, *words[place:]])

    assert not stands_at(" ".join(words), [source])


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_a_number_stands_only_as_itself(said: int, shown: int) -> None:
    assume(said != shown)

    assert not stands_at(f"It cost {shown} euros.", [f"It cost {said} euros."])
    assert not stands_at(f"It cost {said}", [f"It cost {said}.{shown} euros."])
    assert not stands_at(f"It cost {said}.", [f"It cost {said},{shown} euros."])


@given(PAGES, st.data())
def test_markup_and_time_marks_of_the_source_may_be_missing(
    page: list[str], choice: st.DataObject
) -> None:
    words = " ".join(page).split()
    place = choice.draw(st.integers(0, len(words) - 1))
    mark = choice.draw(
        st.sampled_from([
            "**{}**",
            "*{}*",
            "_{}_",
            "`{}`",
            "[{}](https://a.example/b)",
            "<i>{}</i>",
        ])
    )
    time = choice.draw(st.sampled_from([r"\[12:34\]", "[01:02:03]", "(00:12)", "<00:00:01.500>"]))
    source = [*words[:place], time, mark.format(words[place]), *words[place + 1 :]]

    assert stands_at(" ".join(words), [" ".join(source)])


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("We meet at [12:35] sharp.", "We meet at [12:34] sharp."),
        ("We meet at 12:35.", "We meet at 12:34."),
        ("Five times 53.", "Five times 5*3."),
        ("All models work.", "Not all models work."),
        ("All models work.", "all models work."),
        ("Ana Ruiz left.", "Ana Ruis left."),
        ("It rose by 5%.", "It rose by 5."),
        ("It works.", "It is not Dr. Lee who said: It works."),
        ("percent higher.", "It is not 3.5 percent higher."),
        ("It works,", "It works, not."),
        ("", "Anything."),
        ("...", "Well ... yes."),
        ("snake case", "snake_case"),
    ],
)
def test_what_is_not_said_exactly_does_not_stand(sentence: str, source: str) -> None:
    assert not stands_at(sentence, [source])


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Prices rise.", "**Ana:** Hello. Prices rise. They do."),
        ("See the plan today.", "See [[plans/2024|the plan]] today."),
        ("It is 5 * 3.", r"It is 5 \* 3."),
        ("Café prices rise.", "Cafe\u0301 prices rise."),
        ("価格は約束です。", "そうです。価格は約束です。次へ。"),
        ("Use the snake_case name.", "Use the snake_case name."),
    ],
)
def test_what_is_said_stands_beneath_its_markup(sentence: str, source: str) -> None:
    assert stands_at(sentence, [source])
