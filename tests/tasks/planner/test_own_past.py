"""Estimates follow the person's own finished cards, and say by how much."""

from __future__ import annotations

from dataclasses import replace

from pmagent.tasks.planner.own_past import adjust_estimates
from pmagent.types.tasks import Card, Effort


def finished(number: int, spent: int, *, project: str = "", tags: tuple[str, ...] = ()) -> Card:
    return Card(
        id=f"d{number}",
        title=f"Done {number}",
        lane="Done",
        is_done=True,
        effort=Effort(likely=100),
        spent=spent,
        project=project,
        tags=tags,
    )


def card(minutes: int, *, project: str = "", tags: tuple[str, ...] = ()) -> Card:
    return Card(
        id="c", title="Next", lane="Now", effort=Effort(likely=minutes), project=project, tags=tags
    )


TANKER = [finished(n, spent, project="tanker") for n, spent in enumerate([100, 120, 140, 160, 200])]


def test_a_card_is_planned_for_what_five_of_its_project_took_and_the_note_has_the_figures() -> None:
    adjusted = adjust_estimates([card(120, project="tanker")], TANKER)

    # Ratios 1.0 1.2 1.4 1.6 2.0: quarter 1.2, median 1.4, ninth tenth 1.84; in slots of 5 min.
    assert adjusted.cards[0].effort == Effort(likely=170, least=145, most=225)
    assert adjusted.notes == (
        'estimates of "tanker" took 1.4 times as long in 5 cards: 2 h is planned as 2 h 50',
    )


def test_four_cards_say_nothing_and_neither_do_open_ones() -> None:
    opened = [replace(one, is_done=False) for one in TANKER]

    assert adjust_estimates([card(120, project="tanker")], TANKER[:4]).notes == ()
    assert adjust_estimates([card(120, project="tanker")], opened).cards[0] == card(
        120, project="tanker"
    )


def test_a_project_counts_before_a_tag_and_a_tag_before_all_cards() -> None:
    tagged = [finished(10 + n, 300, tags=("Pricing",)) for n in range(6)]
    past = [*TANKER, *tagged]

    by_project = adjust_estimates([card(100, project="tanker", tags=("pricing",))], past)
    by_tag = adjust_estimates([card(100, project="other", tags=("pricing",))], past)
    by_all = adjust_estimates([card(100)], past)

    assert [one.cards[0].effort for one in (by_project, by_tag)] == [
        Effort(likely=140, least=120, most=185),
        Effort(likely=300, least=300, most=300),
    ]
    assert "#pricing took 3 times as long in 6 cards" in by_tag.notes[0]
    assert "all cards" in by_all.notes[0]


def test_an_own_range_a_finished_card_and_one_without_an_estimate_stay_as_they_are() -> None:
    ranged = replace(card(120, project="tanker"), effort=Effort(likely=120, least=60, most=180))
    guess = replace(card(120, project="tanker"), effort=None)
    done = replace(card(120, project="tanker"), is_done=True)

    assert adjust_estimates([ranged, guess, done], TANKER).cards == (ranged, guess, done)


def test_a_slip_of_the_pen_does_not_make_a_week_of_an_hour() -> None:
    slips = [finished(n, 6000) for n in range(5)]

    assert adjust_estimates([card(60)], slips).cards[0].effort == Effort(
        likely=240, least=240, most=240
    )
