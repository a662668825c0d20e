from __future__ import annotations

from datetime import date

import pytest

from pmagent.retrieval.intent import read_intent

TODAY = date(2025, 1, 15)
SPEAKERS = ("Ana Ruiz", "Tom Okafor", "Ana Lind", "Will Hart")


@pytest.mark.parametrize(
    ("text", "kind", "terms"),
    [
        ("first time I mentioned honey on the show", "first", "honey"),
        ("earliest episode where varroa mites come up", "first", "varroa mites"),
        ("when did varroa first come up", "first", "varroa"),
        ("first ever mention of anything federated", "first", "federated"),
        ("when did we first get into queens", "first", "queens"),
        ("when was the swarm first brought up", "first", "swarm"),
        (
            "where did I say for the first time that pricing is a promise",
            "first",
            "pricing promise",
        ),
        ("when did we start talking about frames?", "first", "frames"),
        ("the first guest to mention propolis", "first", "propolis"),
        ("the last time we talked about mites", "latest", "mites"),
        ("most recent episode about burnout", "latest", "burnout"),
        ("every time Minority Report came up", "every", "minority report"),
        ("who told us bees sleep", "who", "bees sleep"),
        ("when did they sell the farm", "when", "sell farm"),
        ("how many hives do they keep", "how many", "hives keep"),
        ("the first model of the new hive", "topic", "first model new hive"),
        ("advice for first time founders", "topic", "advice first founders"),
        ("couldn't we'll don't honey", "topic", "honey"),
    ],
)
def test_what_is_asked_for_is_told_from_what_it_is_about(text: str, kind: str, terms: str) -> None:
    intent = read_intent(text, speakers=SPEAKERS, today=TODAY)

    assert (intent.kind, " ".join(intent.terms)) == (kind, terms)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("what did ana ruiz say about honey", "Ana Ruiz"),
        ("what did Tom say about honey", "Tom Okafor"),
        ("Okafor's view of mites", "Tom Okafor"),
        ("what did Ana say about honey", None),
        ("what will they say about honey", None),
        ("honey", None),
    ],
)
def test_a_speaker_is_named_in_full_or_by_what_only_one_is_called(
    text: str, speaker: str | None
) -> None:
    assert read_intent(text, speakers=SPEAKERS, today=TODAY).speaker == speaker


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("what did we say in 2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("honey in March 2022", date(2022, 3, 1), date(2022, 3, 31)),
        ("mites since 2021", date(2021, 1, 1), None),
        ("mites before Feb 2021", None, date(2021, 1, 31)),
        ("mites after 2021", date(2022, 1, 1), None),
        ("harvest last year", date(2024, 1, 1), date(2024, 12, 31)),
        ("harvest this month", date(2025, 1, 1), date(2025, 1, 15)),
        ("harvest last month", date(2024, 12, 1), date(2024, 12, 31)),
        ("harvest last quarter", date(2024, 10, 1), date(2024, 12, 31)),
        ("harvest last week", date(2025, 1, 6), date(2025, 1, 12)),
        ("the 2017 paper", None, None),
    ],
)
def test_days_are_read_from_the_question(text: str, since: date | None, until: date | None) -> None:
    intent = read_intent(text, today=TODAY)

    assert (intent.since, intent.until) == (since, until)


def test_a_question_that_is_only_about_order_keeps_its_words() -> None:
    intent = read_intent("the first episode", today=TODAY)

    assert (intent.kind, intent.terms) == ("topic", ("first",))
