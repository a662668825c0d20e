from __future__ import annotations

from pmagent.publish.mentions.find import find_mentions
from pmagent.publish.source import read_source
from pmagent.types.publishing import Mention
from tests.archives import MakeArchive

EPISODE = """\
**Ines Vale:** Welcome to another episode of Harbour Talk, where we speak of boats. I'm Ines Vale, \
and I'm joined today by Tomas Reker, who is the founder of Tidewright. How are you, Tomas?

**Tomas Reker:** I'm well. At Tidewright we plan moorings with a library called Quaymaster, which \
we wrote ourselves. Quaymaster is a library for berths. It came out of a winter in March.

**Ines Vale:** And I read a book called "The Patient Helmsman" by Orla Finch. Is it French?

**Tomas Reker:** Orla Finch is American. I use LanternDB with Quaymaster every day, and lanternDB \
never lost a berth. Orla says the sea is a ledger. Privacy matters, and our privacy is private.

**Ines Vale:** You can find us on LinkedIn. There is a tool called berthkit, which I like. Go to \
gullwing dot io and try it.
"""
CALL = "**Ada Moss:** {}\n\n**Tomas Reker:** That is good to know.\n"


def mentions_of(make_archive: MakeArchive, text: str, **others: str) -> tuple[Mention, ...]:
    files = {f"notes/{name.replace('_', '-')}.md": body for name, body in others.items()}
    archive = make_archive({"talks/ep-002.md": text, **files})
    return find_mentions(read_source(archive, "talks/ep-002.md"))


def kinds(mentions: tuple[Mention, ...]) -> dict[str, str]:
    return {mention.text: mention.kind for mention in mentions}


def test_people_books_tools_and_companies_are_told_apart(make_archive: MakeArchive) -> None:
    found = kinds(mentions_of(make_archive, EPISODE))

    assert found["The Patient Helmsman"] == "book"
    assert found["Quaymaster"] == "tool"
    assert found["Tidewright"] == "company"
    assert found["Tomas Reker"] == "person"


def test_what_no_words_speak_for_is_a_thing(make_archive: MakeArchive) -> None:
    text = CALL.format("Yesterday we talked about Corvane for an hour, and then Corvane again.")

    [mention] = mentions_of(make_archive, text)

    assert (mention.text, mention.kind, mention.count) == ("Corvane", "thing", 2)


def test_hosts_the_show_months_and_peoples_are_no_mentions(make_archive: MakeArchive) -> None:
    found = " | ".join(kinds(mentions_of(make_archive, EPISODE)))

    for nobody in ("Ines", "Vale", "Harbour Talk", "March", "French", "American", "LinkedIn"):
        assert nobody not in found
    assert "Privacy" not in found


def test_in_a_meeting_nobody_who_speaks_is_a_mention(make_archive: MakeArchive) -> None:
    text = (
        "**Ada Moss:** Tomas Reker, can you say where Quaymaster stands?\n\n"
        "**Tomas Reker:** Ada Moss has asked for Quaymaster and for Lanternfish since Monday.\n"
    )

    assert set(kinds(mentions_of(make_archive, text))) == {"Quaymaster", "Lanternfish"}


def test_a_name_said_in_two_casings_or_in_short_is_one_mention(make_archive: MakeArchive) -> None:
    found = {mention.text: mention for mention in mentions_of(make_archive, EPISODE)}

    assert found["LanternDB"].count == 2
    assert "lanternDB" not in found
    assert found["Orla Finch"].count == 3
    assert "Orla" not in found


def test_every_mention_stands_where_its_citation_says(make_archive: MakeArchive) -> None:
    archive = make_archive({"talks/ep-002.md": EPISODE})
    mentions = find_mentions(read_source(archive, "talks/ep-002.md"))
    lines = EPISODE.split("\n")

    assert mentions
    for mention in mentions:
        where = mention.citation.locator
        assert mention.text in EPISODE
        cited = " ".join(lines[where.first_line - 1 : where.last_line])
        assert mention.text.lower() in cited.lower()
        assert mention.citation.path == "talks/ep-002.md"


def test_a_name_in_small_letters_and_an_address_said_aloud_are_found(
    make_archive: MakeArchive,
) -> None:
    found = kinds(mentions_of(make_archive, EPISODE))

    assert "berthkit" in found
    assert "gullwing dot io" in found


def test_seen_before_names_the_other_document_and_its_line(make_archive: MakeArchive) -> None:
    notes = "# Tools\n\nSome words about planning.\n\nWe tried Quaymaster for a week.\n"
    mentions = mentions_of(make_archive, EPISODE, tools=notes, other="Nothing of the kind.\n")
    [tool] = [mention for mention in mentions if mention.text == "Quaymaster"]

    assert [place.label for place in tool.seen_before] == ["notes/tools.md L5"]
    assert not tool.is_new
    assert any(one.is_new for one in mentions)
    assert all(not one.seen_before for one in mentions if one.text != "Quaymaster")


def test_the_notes_of_the_same_episode_are_not_before(make_archive: MakeArchive) -> None:
    mentions = mentions_of(make_archive, EPISODE, ep_002="We tried Quaymaster for a week.\n")

    assert all(not mention.seen_before for mention in mentions)


def test_an_address_is_given_only_where_a_document_writes_it(make_archive: MakeArchive) -> None:
    notes = "- Quaymaster: https://quaymaster.example/start\n- Tidewright is a company.\n"
    mentions = mentions_of(make_archive, EPISODE, links=notes)

    assert {mention.text: mention.url for mention in mentions if mention.url} == {
        "Quaymaster": "https://quaymaster.example/start"
    }


def test_an_address_in_the_talk_itself_is_taken(make_archive: MakeArchive) -> None:
    text = CALL.format("We all like Corvane. Corvane: https://corvane.example/docs, try it.")

    [mention] = mentions_of(make_archive, text)

    assert (mention.text, mention.url) == ("Corvane", "https://corvane.example/docs")


def test_captions_without_capitals_still_give_names(make_archive: MakeArchive) -> None:
    said = (
        "so today we look at quaymaster and why quaymaster won",
        "and we read thomas reker who wrote of it and its tidewright core",
        "you know the people at tidewright are very good people too",
    )
    cues = (f"00:0{at}.000 --> 00:0{at + 2}.000\n{words}\n" for at, words in enumerate(said))
    text = "\n".join(("WEBVTT\n", *cues))
    archive = make_archive({"talks/ep-003.vtt": text})

    found = [one.text for one in find_mentions(read_source(archive, "talks/ep-003.vtt"))]

    assert set(found) == {"quaymaster", "thomas reker", "tidewright"}


def test_a_talk_that_names_nothing_has_no_mentions(make_archive: MakeArchive) -> None:
    text = CALL.format("We should talk about this again. Perhaps next Tuesday.")

    assert mentions_of(make_archive, text) == ()


def test_the_same_talk_gives_the_same_mentions(make_archive: MakeArchive) -> None:
    archive = make_archive({"talks/ep-002.md": EPISODE})

    once = find_mentions(read_source(archive, "talks/ep-002.md"))
    again = find_mentions(read_source(archive, "talks/ep-002.md"))

    assert once == again
    assert [one.score for one in once] == sorted((one.score for one in once), reverse=True)
    assert len(find_mentions(read_source(archive, "talks/ep-002.md"), limit=2)) == 2
