"""`signals.*`: remarks with their places, grouped and sized; by words where nothing embeds them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from pmagent.errors import UsageError
from pmagent.functions import Desk
from pmagent.types.actions import Json
from tests.functions.conftest import FUNCTIONS, NOW, Bench, MakeBench

SINCE = "2026-01-26"


def load(bench: Bench, since: Json = SINCE) -> list[dict[str, Json]]:
    items = bench.record("signals.load", paths="feedback/**", since=since)["items"]
    assert isinstance(items, list)
    return [dict(one) for one in items if isinstance(one, dict)]


def test_remarks_of_tables_and_notes_carry_their_own_day_and_line(shop: Bench) -> None:
    items = load(shop)

    assert len(items) == 18
    assert items[0] == {
        "id": items[0]["id"],
        "text": "Nine dollars on seats and twenty-nine now, with one pair of hands. "
        "I stay, but the price went up for the small ones.",
        "place": "feedback/2026-02-01-messages.csv:3",
        "date": "2026-01-26",
        "source": "feedback/2026-02-01-messages.csv",
    }
    of_notes = [one for one in items if one["source"] == "feedback/counter-visits.md"]
    assert [(one["place"], one["date"]) for one in of_notes] == [
        ("feedback/counter-visits.md:18", "2026-01-28"),
        ("feedback/counter-visits.md:19", "2026-01-28"),
        ("feedback/counter-visits.md:20", "2026-01-28"),
        ("feedback/counter-visits.md:24", "2026-01-30"),
        ("feedback/counter-visits.md:25", "2026-01-30"),
    ]


@pytest.mark.parametrize(("since", "count"), [(None, 21), ("2026-01-30", 4), ("2026-03", 0)])
def test_since_counts_from_a_day_a_month_or_the_beginning(
    shop: Bench, since: str | None, count: int
) -> None:
    assert shop.record("signals.load", paths="feedback/**", since=since)["count"] == count


def test_a_day_that_is_none_is_said(shop: Bench) -> None:
    with pytest.raises(UsageError, match="is not a day"):
        shop.call("signals.load", paths="feedback/**", since="last spring")


def test_a_cell_that_holds_the_tables_own_mark_stays_whole(make_bench: MakeBench) -> None:
    bench = make_bench({
        "feedback/a.csv": 'date,comment,shop\n2026-01-30,"It is slow; it is also wrong",Ada\n',
    })  # fmt: skip

    assert [one["text"] for one in load(bench)] == ["It is slow; it is also wrong"]


def test_a_turn_of_a_transcript_is_a_remark(make_bench: MakeBench) -> None:
    bench = make_bench({
        "feedback/2026-01-30-call.vtt": (
            "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The bill comes on the wrong day.\n\n"
            "00:05.000 --> 00:06.000\n<v Ben>Yes.\n"
        ),
    })  # fmt: skip

    assert [one["text"] for one in load(bench)] == ["The bill comes on the wrong day."]


def test_a_repetition_is_counted_once_with_every_place(make_bench: MakeBench) -> None:
    bench = make_bench({
        "feedback/a.csv": "date,text\n2026-01-30,The bill is late again!\n"
        "2026-01-30,the bill is late again\n2026-01-31,The bell rings too late again\n",
    })  # fmt: skip

    unique = bench.rows("signals.dedupe", items=load(bench), threshold=0.92)

    assert [(one["times"], one["also"]) for one in unique] == [(2, ["feedback/a.csv:3"]), (1, [])]


def test_the_samples_remarks_fall_into_the_four_things_they_speak_of(shop: Bench) -> None:
    unique = shop.call("signals.dedupe", items=load(shop))

    clusters = shop.rows("signals.cluster", items=unique, min_size=3)

    assert [one["count"] for one in clusters] == [5, 4, 4, 4]
    assert all(one["how"] == "words" for one in clusters)
    names = [shop.text("signals.label", cluster=one) for one in clusters]
    assert all(3 <= len(name) <= 80 and len(name.split()) <= 8 for name in names)
    for one, word in zip(clusters, ("assistant", "price", "print", "warning"), strict=True):
        examples = one["examples"]
        assert isinstance(examples, list)
        assert word in " ".join(map(str, examples)).lower()


def test_groups_do_not_depend_on_the_order_of_the_remarks(shop: Bench) -> None:
    items = load(shop)
    shuffled = items[:]
    Random(4).shuffle(shuffled)

    one = shop.rows("signals.cluster", items=items, min_size=3)
    other = shop.rows("signals.cluster", items=shuffled, min_size=3)

    assert {str(group["id"]) for group in one} == {str(group["id"]) for group in other}


def test_with_an_embedder_meaning_groups_what_shares_no_word(make_bench: MakeBench) -> None:
    bench = make_bench({
        "feedback/a.csv": "date,text\n2026-01-30,The invoice arrives late\n"
        "2026-01-30,My bill was slow today\n2026-01-30,Gulls ate all my chips\n",
    })  # fmt: skip
    desk = Desk(archive=Meaning(bench), jobs=bench.garden.jobs, now=NOW)  # pyright: ignore[reportArgumentType] - an archive, but for its embedder

    found = FUNCTIONS["signals.cluster"].run({"items": load(bench), "min_size": 2}, desk)

    assert isinstance(found, list)
    [group] = found
    assert isinstance(group, dict)
    assert (group["count"], group["how"]) == (2, "meaning")


@pytest.mark.parametrize(
    ("count", "sources", "size", "is_asked"),
    [
        (12, 2, "large", False),
        (5, 2, "medium", False),
        (3, 1, "small", True),
        (2, 1, "small", False),
    ],
)
def test_a_size_near_a_bound_is_not_sure_and_a_person_is_asked(
    shop: Bench, count: int, sources: int, size: str, is_asked: bool
) -> None:
    cluster = {"count": count, "sources": [f"feedback/{n}.md" for n in range(sources)]}

    guess = shop.record("signals.size", cluster=cluster, prior={"hits": [], "abstained": True})

    assert guess["size"] == size
    confidence = guess["confidence"]
    assert isinstance(confidence, float)
    assert (confidence < 0.5) == is_asked


class Meaning:
    """The bench's archive, with vectors by subject."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        money = [any(word in text for word in ("invoice", "bill")) for text in texts]
        return np.array([[1, 0] if one else [0, 1] for one in money], np.float32)

    def idf(self, word: str) -> float:
        return self._bench.desk.archive.idf(word)
