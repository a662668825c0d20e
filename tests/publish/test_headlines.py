"""Five ways to call a talk, of its own words."""

from __future__ import annotations

import re

from pmagent.publish.headlines import LONGEST, propose_titles
from pmagent.publish.source import read_source
from tests.archives import MakeArchive
from tests.folder_archive import FolderArchive
from tests.publish.talks import ORCHARD, orchard


def test_five_of_different_kinds_in_their_order(make_archive: MakeArchive) -> None:
    found = propose_titles(orchard(make_archive), (), ())
    assert [one.kind for one in found] == ["subject", "question", "quote", "claim", "people"]


def test_what_is_announced_is_the_subject(make_archive: MakeArchive) -> None:
    first = propose_titles(orchard(make_archive), (), ())[0]
    assert first.text == "The price of a dry orchard"
    assert first.citation is not None
    assert first.citation.speaker == "Mira"


def test_a_question_that_is_asked_is_proposed(make_archive: MakeArchive) -> None:
    asked = next(
        one for one in propose_titles(orchard(make_archive), (), ()) if one.kind == "question"
    )
    assert asked.text in {
        "Why don't orchards use drip hoses?",
        "How much water does an orchard need?",
    }


def test_a_quote_is_letter_for_letter(make_archive: MakeArchive) -> None:
    quote = next(
        one for one in propose_titles(orchard(make_archive), (), ()) if one.kind == "quote"
    )
    assert quote.text[0] + quote.text[-1] == "“”"
    assert quote.text.strip("“”") in " ".join(ORCHARD.split())


def test_all_fit_an_app_and_none_says_the_same(sample: FolderArchive) -> None:
    for path in sample.paths():
        if path.startswith("transcripts/"):
            found = propose_titles(read_source(sample, path), (), ())
            assert len(found) == 5, path
            assert all(0 < len(one.text) <= LONGEST for one in found), path
            assert len({one.text.lower() for one in found}) == 5, path
            assert not any(re.match(r"(?i)ep(?:isode)?\W*\d", one.text) for one in found), path


def test_where_nobody_speaks_those_who_are_named_stand_in(make_archive: MakeArchive) -> None:
    bare = re.sub(r"\*\*\w+:\*\* ", "", ORCHARD)
    found = propose_titles(orchard(make_archive, bare), (), ("Tomas Brandl",))
    people = [one.text for one in found if one.kind == "people"]
    assert people == ["Tomas Brandl: orchards"]


def test_an_empty_text_has_no_title(make_archive: MakeArchive) -> None:
    assert propose_titles(orchard(make_archive, "[music]\n"), (), ()) == ()
