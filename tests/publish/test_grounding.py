"""The verifier: nothing that is said is refused, and nothing that is not said gets through."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.nlp.sentences import split_sentences
from pmagent.publish.grounding.inventions import find_inventions, read_grounds
from tests.publish.kits import SPOKEN, TOMAS, WREN, kit

SAID = (
    "Welcome to the harbour show. I'm Wren Adeyo, and this is Tomas Brill of Tidewater Ledger.",
    "On March 4th, 2031 we compared 3,200 soundings with the Fennick chart. About 41% of them were "
    "wrong, and it cost us $2.5 million and nineteen long years.",
    "It was founded in nineteen ninety-eight, and by twenty thirty-one we had twenty-\nfour boats. "
    "The second boat, the GPT-4 of boats, sailed twice as fast. Half of the crew left in May.",
    'She said, "A map is a promise nobody signed." Then Priya J. Raman wrote the U.S. report at '
    "ten in the morning; see tidewater.example/ledger or write to lamp@tidewater.example.",
    "the iPhone app shows two thousand and one depths from 14 to 40 feet, and costs nine dollars.",
)
NAMES = (WREN, TOMAS)


def invented(
    text: str, *, sources: tuple[str, ...] = SAID, names: tuple[str, ...] = ()
) -> list[str]:
    return [one.text for one in find_inventions(text, sources, names)]


@pytest.mark.parametrize(
    "text",
    [
        "Tomas Brill compared three thousand two hundred soundings",
        "What 41 per cent of the Fennick Chart’s soundings cost: 2.5 million dollars",
        "It cost $2,500,000",
        "Founded in 1998; twenty four boats by 2031",
        "24 boats",
        "On 4 March 2031, the charts were compared",
        "In March 2031",
        "The 2nd boat was double as fast, and half the crew left",
        "50% of the crew left",
        "Priya Raman’s report, for the US",
        "“A map is a promise nobody signed”",
        "‘a map  is a\npromise’ she said",
        "Write to LAMP@tidewater.example, or read https://tidewater.example/ledger.",
        "2,001 depths, $9, 14–40 feet",
        "Fennick-charts and Tidewater Ledgers",
        "Why Maps Fail: Discovering Uncertainty With Tomas Brill",
        "HOW A CHART COST NINE DOLLARS",
        "Ｔｏｍａｓ Вrill and Tide\u200bwater Ledger",
        "Navigating uncertainty, and the one that got away",
        "An I Phone app",
    ],
)
def test_what_is_said_in_other_words_is_let_through(text: str) -> None:
    assert invented(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("About 40% of them were wrong", ["40%"]),
        ("It compared 3,201 soundings", ["3,201"]),
        ("It cost two and a half million euros", ["two and a half million euros"]),
        ("It cost 3 million dollars", ["3 million dollars"]),
        ("The boats sailed three times as fast", ["three times"]),
        ("Since 1999", ["1999"]),
        ("In nineteen ninety-nine", ["nineteen ninety-nine"]),
        ("The third boat", ["third"]),
        ("The GPT-5 of boats", ["5"]),
        ("On 5 March 2031", ["5 March 2031"]),
        ("In April 2031", ["April 2031"]),
        ("It happened on Monday", ["Monday"]),
        ("Last week the crew left", ["Last week"]),
        ("Tomas Keller compared them", ["Tomas Keller"]),
        ("Tomas Adeyo compared them", ["Tomas Adeyo"]),
        ("Mark compared them", ["Mark"]),
        ("Harding said so", ["Harding"]),
        ("They work at Apple now", ["Apple"]),
        ("The OpenAI app", ["OpenAI"]),
        ("G\u043eogle M\u0430ps", ["G\u043eogle"]),
        ("Goo\u200bgle it", ["Goo\u200bgle"]),
        ("In ２０１９", ["２０１９"]),
        ("“A map is a promise somebody signed”", ["A map is a promise somebody signed"]),
        ("She called it 'a vow'", ["a vow"]),
        ("See fennick.example/chart", ["fennick.example/chart"]),
        ("Write to oil@tidewater.example", ["oil@tidewater.example"]),
        ("forty-\nfive boats", ["forty-\nfive"]),
        ("A dozen boats", ["A dozen"]),
        ("40 metres", ["40 metres"]),
        ("at 10:30", ["10:30"]),
    ],
)
def test_what_is_not_said_is_found_and_named(text: str, found: list[str]) -> None:
    assert invented(text) == found


def test_an_invention_says_where_it_stands_in_the_text_as_it_was_given() -> None:
    text = "«Café» notes: Tom\u200bas met Zoë Quill in ２０１９"

    found = find_inventions(text, SAID)

    assert [(one.kind, text[one.start : one.end]) for one in found] == [
        ("quote", "Café"),
        ("name", "Zoë Quill"),
        ("number", "２０１９"),
    ]


def test_who_speaks_may_be_named_but_their_figures_ground_nothing_else() -> None:
    assert invented("Ines Okafor of Studio 54", names=("Ines Okafor", "Studio 54")) == []
    assert invented("54 boats", names=("Ines Okafor", "Studio 54")) == ["54"]


def test_the_sample_kit_says_nothing_its_talk_does_not() -> None:
    drafts = kit()
    texts = [
        *(idea.text for idea in drafts.titles),
        drafts.description.short,
        drafts.description.long,
        *(chapter.title for chapter in drafts.chapters),
        *(line.text for line in drafts.notes),
    ]

    assert [invented(t, sources=tuple(s[2] for s in SPOKEN), names=NAMES) for t in texts] == [
        [] for _ in texts
    ]


WORDS = st.sampled_from(
    "the map of Fennick Tomas said twenty four hundred and 41 3,200 % half May March Monday 4th "  # noqa: SIM905
    '2031 "yes" (no) GPT-4 U.S. iPhone we’ll nineteen ninety point five a dozen $ 40 feet second '
    "end.Start dot com x.example 10:30 -5 1/2 ½ Ünal ‘so’ — café 2031-03-04 twice nineties".split()
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
ENDED = st.tuples(SENTENCES, st.sampled_from((".", "!", "?", "", ","))).map("".join)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(ENDED, min_size=1, max_size=8), st.data())
def test_any_run_of_source_sentences_is_let_through(said: list[str], data: st.DataObject) -> None:
    source = "\n".join(said)
    spans = split_sentences(source)
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, len(spans) - 1))
    run = source[spans[first][0] : spans[last][1]]

    assert find_inventions(run, [source]) == ()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_a_changed_digit_name_date_or_quote_is_always_found(chance: random.Random) -> None:
    source = " ".join(SAID)
    grounds = read_grounds(SAID, NAMES)
    place = chance.choice([match.start() for match in re.finditer(r"\d", source)])
    digit = chance.choice([d for d in "123456789" if d != source[place]])
    changed = f"{source[:place]}{digit}{source[place + 1 :]}"
    name = chance.choice(("Tomas", "Brill", "Fennick", "Priya", "Tidewater"))
    other = chance.choice(("Quillon", "Grace", "Miller", "Oduya", "Kelly", "Vantor"))
    day = chance.choice(("In 2019, ", "On 12 June, ", "Back in April, ", "On Friday, "))
    start, end = source.index("A map"), source.index(' signed."')
    word = chance.choice(source[start:end].split()[1:])
    quote = f"“{source[start:end].replace(f' {word}', ' never', 1)} signed”"
    sentence = chance.choice(("Brill compared charts.", "It cost us nineteen long years."))

    assert [i.kind for i in grounds.inventions(changed)], changed
    assert any(i.kind == "name" for i in grounds.inventions(source.replace(name, other)))
    assert grounds.inventions(f"{day}{sentence}")
    assert [i.kind for i in grounds.inventions(f"She said {quote}")] == ["quote"]


def test_a_source_without_capitals_still_lets_its_names_be_written_with_them() -> None:
    said = ("so tomas brill drew the fennick chart in may of twenty thirty one and " * 3,)

    assert invented("Tomas Brill drew the Fennick chart in May 2031", sources=said) == []
    assert invented("Tomas Quillon drew the Fennick chart", sources=said) == ["Tomas Quillon"]


def test_a_long_line_of_anything_is_read_in_time_that_grows_with_its_length() -> None:
    for piece in ("a.", "-", '"', "twenty ", "A", "'a ", "\n,", "1,", "x@"):
        began = time.process_time()
        find_inventions(piece * (40_000 // len(piece)), [piece * (40_000 // len(piece))])
        # Generous: it takes a third of a second, and a quadratic step would take minutes.
        assert time.process_time() - began < 10, piece


def test_nothing_is_invented_by_nothing() -> None:
    assert find_inventions("", SAID) == ()
    assert find_inventions("♪ ♪", []) == ()
    assert invented("Wren", sources=()) == ["Wren"]
