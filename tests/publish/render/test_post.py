from __future__ import annotations

from dataclasses import replace

from pmagent.publish.render import format_named
from pmagent.publish.render.post import post_page, title_of
from pmagent.types.publishing import CitedLine, Description, TitleIdea
from tests.publish import kits


def test_the_post_reads_as_a_post_and_each_claim_has_a_number() -> None:
    assert post_page(kits.kit()) == (
        "# Maps that are wrong\n\n"
        "A depth was copied as 41 feet. It is 14, and everybody trusted the page. [1] Nobody did. "
        "A map is a promise, and a promise needs a second pair of eyes. [2] It compares 3,200 "
        "soundings with the page and marks what differs. [3]\n\n"
        "## Show notes\n\n"
        "- A depth was copied as 41 feet. [1]\n"
        "- It is 14, and everybody trusted the page. [1]\n"
        "- Tidewater Ledger compares 3,200 soundings with the page. [3]\n\n"
        "## Chapters\n\n"
        "- 0:00 Maps that are wrong\n- 0:14 The Fennick chart\n- 3:01 Who checks a chart\n"
        "- 5:20 Tidewater Ledger\n- 8:32 A book for beginners\n\n"
        "## Quotes\n\n"
        "> “Nobody did. A map is a promise, and a promise needs a second pair of eyes.” [2]\n"
        ">\n> — Tomas Brill, 3:08\n\n"
        "> “Read The Patient Cartographer. It is about doubt more than about paper.” [4]\n"
        ">\n> — Tomas Brill, 8:40\n\n"
        "## Links\n\n"
        "- [Tidewater Ledger](https://tidewater.example/ledger?a=1&amp;b=2)\n"
        "- Also mentioned: The Patient Cartographer, Fennick\n\n"
        "## Sources\n\n"
        "All from the transcript of “Lighthouse maps”:\n\n"
        "1. Tomas Brill, 1:35, line 13\n2. Tomas Brill, 3:08, line 19\n"
        "3. Tomas Brill, 5:33, line 25\n4. Tomas Brill, 8:40, line 31\n"
    )


def test_no_path_of_the_archive_stands_in_a_post() -> None:
    assert "transcripts/" not in post_page(kits.kit())
    assert "notes/" not in post_page(kits.kit())


def test_a_description_that_was_reworded_keeps_its_sources_at_its_end() -> None:
    kit = kits.kit()
    told = replace(kit.description, long="A chart sank a ship. Nobody had looked twice.")
    page = post_page(replace(kit, description=told), with_title=False)

    assert page.startswith("A chart sank a ship. Nobody had looked twice. [1] [2] [3]\n")


def test_a_sentence_that_stands_in_the_description_later_is_numbered_there() -> None:
    kit = kits.kit()
    lines = (CitedLine(text="It sank.", citation=kit.notes[0].citation),)
    told = Description(short="", long="Today: a chart. It sank. And more.", lines=lines)

    assert post_page(replace(kit, description=told), with_title=False).startswith(
        "Today: a chart. It sank. [1] And more.\n"
    )


def test_the_title_is_the_first_idea_then_the_name_of_the_document() -> None:
    kit = kits.kit()

    assert title_of(kit) == "Maps that are wrong"
    assert title_of(replace(kit, titles=())) == "Lighthouse maps"


def test_a_long_title_and_missing_parts_are_remarked_on() -> None:
    long = TitleIdea(text="A " + "very " * 20 + "long title", kind="subject")
    made = format_named("post").make(replace(kits.empty_kit(), titles=(long,)))

    assert made.remarks == (
        "the kit has no description, no show notes, no chapters, no quotes, no links",
        "the title has 112 characters: lists cut it at 70",
    )


def test_a_mention_without_an_address_is_named_but_not_linked() -> None:
    kit = kits.kit()
    bare = replace(kit, mentions=tuple(replace(one, url="") for one in kit.mentions))

    assert "- Mentioned: Tidewater Ledger, The Patient Cartographer, Fennick\n" in post_page(bare)
