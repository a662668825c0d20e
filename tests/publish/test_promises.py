"""What is promised to who listens, and nothing that is only wondered about."""

from __future__ import annotations

from pmagent.publish.promises import find_promised
from tests.archives import MakeArchive
from tests.publish.talks import ORCHARD, orchard


def test_promises_to_the_audience_are_found_with_who_makes_them(make_archive: MakeArchive) -> None:
    found = find_promised(orchard(make_archive))
    assert [one.text for one in found] == [
        "We'll cover the deer in another episode.",
        "I'll put the plan of the well in the show notes.",
    ]
    assert {one.citation.speaker for one in found} == {"Mira"}


def test_a_perhaps_a_condition_and_a_goodbye_promise_nothing(make_archive: MakeArchive) -> None:
    told = " ".join(one.text for one in find_promised(orchard(make_archive)))
    assert not any(word in told for word in ("book", "cider", "see you"))


def test_what_is_promised_twice_stands_once(make_archive: MakeArchive) -> None:
    again = "**Mira:** So again, I'll put the plan of the well in the show notes.\n"
    found = find_promised(orchard(make_archive, f"{ORCHARD}\n{again}"))
    assert sum("plan of the well" in one.text for one in found) == 1


def test_nothing_is_promised_in_an_empty_text(make_archive: MakeArchive) -> None:
    assert find_promised(orchard(make_archive, "[music]\n")) == ()
