from __future__ import annotations

import pytest

from pmagent.publish.render import format_named
from pmagent.publish.render.markdown import kit_page, part_page
from tests.publish import kits

P = kits.PATH


def test_titles_say_their_kind_and_where_they_come_from() -> None:
    assert part_page(kits.kit(), "titles").markdown == (
        "# Titles: Lighthouse maps\n\n"
        "1. Maps that are wrong · subject\n"
        f"2. Who checks a chart before it is printed? · question (Wren Adeyo, 3:01) [{P}:16]\n"
        f"3. “A map is a promise” · quote (Tomas Brill, 3:08) [{P}:19]\n"
        "4. Nobody did: how a chart sinks a ship · claim\n"
        "5. Tomas Brill on charts and doubt · people\n"
    )


def test_chapters_show_times_lines_other_titles_and_what_was_not_taken() -> None:
    page = part_page(kits.kit(), "chapters")

    assert page.markdown.startswith(
        "# Chapters: Lighthouse maps\n\n"
        f"- 0:00 **Maps that are wrong** [{P}:4] · or: Maps that are wrong, told again\n"
        f"- 0:14 **The Fennick chart** [{P}:10]"
    )
    assert page.markdown.endswith(
        "\n\nMarks that were not taken, best first:\n\n"
        f"- 10:04 **The lamp room** [{P}:34] · or: The lamp room, told again\n"
    )
    assert [citation.place for citation in page.citations] == [
        f"{P}:{line}" for line in (4, 10, 16, 22, 28, 34)
    ]
    assert page.path == "drafts/chapters/ep-12-lighthouse-maps.md"


def test_a_kit_without_times_shows_lines_alone() -> None:
    kit = kits.kit(timed=False, named=False)

    assert f"- **The Fennick chart** [{P}:10]" in part_page(kit, "chapters").markdown
    assert part_page(kit, "show-notes").markdown == (
        "# Show notes: Lighthouse maps\n\n"
        f"- A depth was copied as 41 feet. [{P}:13]\n"
        f"- It is 14, and everybody trusted the page. [{P}:13]\n"
        f"- Tidewater Ledger compares 3,200 soundings with the page. [{P}:25]\n"
    )


def test_quotes_name_speaker_time_and_place() -> None:
    assert part_page(kits.kit(), "quotes").markdown == (
        "# Quotes: Lighthouse maps\n\n"
        "> “Nobody did. A map is a promise, and a promise needs a second pair of eyes.”\n>\n"
        f"> — Tomas Brill, 3:08 [{P}:19]\n\n"
        "> “Read The Patient Cartographer. It is about doubt more than about paper.”\n>\n"
        f"> — Tomas Brill, 8:40 [{P}:31]\n"
    )


def test_mentions_tell_where_the_archive_named_them_before() -> None:
    page = part_page(kits.kit(), "mentions")

    assert page.markdown.splitlines()[2:] == [
        "| Mention | Kind | Said | First | Seen before in |",
        "|---|---|---|---|---|",
        "| [Tidewater Ledger](https://tidewater.example/ledger?a=1&amp;b=2) | tool | 2 "
        f"| 5:20 [{P}:22] | [transcripts/ep-09-ink.vtt:31], [notes/tools.md:4] |",
        f"| The Patient Cartographer | book | 1 | 8:40 [{P}:31] | never |",
        f"| Fennick | thing | 1 | 0:14 [{P}:10] |  |",
    ]
    assert "notes/tools.md:4" in [citation.place for citation in page.citations]


def test_promises_and_what_is_new_are_cited() -> None:
    assert part_page(kits.kit(), "promises").markdown.splitlines()[2:] == [
        f"- “Next week we will open the lamp room itself.” (Wren Adeyo, 10:04) [{P}:34]"
    ]
    assert part_page(kits.kit(), "new").markdown.splitlines()[2:] == [
        f"- **soundings** (Tomas Brill, 5:33) [{P}:25]: new to the archive",
        f"- **Fennick chart** (Wren Adeyo, 0:14) [{P}:10]: last on 2030-11-20 "
        "[notes/harbours.md:18]",
    ]


def test_the_description_shows_what_each_sentence_is_made_of() -> None:
    page = part_page(kits.kit(), "description").markdown

    assert "**Short (57 characters).** How a depth of 14 feet became 41" in page
    assert "**Long (42 words).** A depth was copied" in page
    assert page.count(f"[{P}:") == 3


def test_the_whole_kit_has_every_part_and_what_to_know_before_using_it() -> None:
    page = kit_page(kits.kit(timed=False))

    assert [row for row in page.markdown.splitlines() if row.startswith("#")] == [
        *("# Lighthouse maps", "## Titles", "## Description", "## Chapters", "## Show notes"),
        *("## Quotes", "## Mentions", "## Promises", "## New to the archive"),
    ]
    assert f"Made of [{P}:1] (137 words).\n\n**Before using it**\n\n- two names" in page.markdown
    assert "- it has no times\n" in page.markdown
    assert "\n\n\n" not in page.markdown
    assert format_named("kit").render(kits.kit(timed=False)) == page.markdown


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("titles", "no title can be made of it"),
        ("description", "no description can be made of it"),
        ("chapters", "no chapter is marked: it is too short, or keeps to one subject"),
        ("show-notes", "nothing in it stands by itself well enough for a note"),
        ("quotes", "nothing in it stands by itself well enough to be quoted"),
        ("mentions", "nobody and nothing is named that is worth a link"),
        ("promises", "nothing is promised in it"),
        ("kit", "nothing is said in it"),
    ],
)
def test_a_part_that_holds_nothing_says_so(part: str, why: str) -> None:
    kit = kits.empty_kit()
    page = kit_page(kit) if part == "kit" else part_page(kit, part)

    assert page.abstained == why
    assert f"{why[0].upper()}{why[1:]}." in page.markdown or f"- {why}\n" in page.markdown
    assert page.citations == ()
