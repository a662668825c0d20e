from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from pmagent.publish.render import format_named
from pmagent.publish.render.rss import CONTENT, PODCAST, item, soundbites
from tests.publish import kits

RSS = format_named("rss")


def test_an_item_is_read_back_whole() -> None:
    root = ET.fromstring(item(kits.kit(), base_url="https://pod.example/ep12/"))

    assert (root.tag, root.findtext("title")) == ("item", "Maps that are wrong")
    assert root.findtext("description") == format_named("apple").render(kits.kit())
    assert (root.findtext(f"{{{CONTENT}}}encoded") or "").startswith("<p>A depth was copied")
    assert [
        (one.tag.rpartition("}")[2], one.attrib, one.text)
        for one in root
        if one.tag.startswith(f"{{{PODCAST}}}")
    ] == [
        (
            "chapters",
            {"url": "https://pod.example/ep12/chapters.json", "type": "application/json+chapters"},
            None,
        ),
        (
            "transcript",
            {
                "url": "https://pod.example/ep12/captions.vtt",
                "type": "text/vtt",
                "rel": "captions",
            },
            None,
        ),
        (
            "transcript",
            {
                "url": "https://pod.example/ep12/captions.srt",
                "type": "application/x-subrip",
                "rel": "captions",
            },
            None,
        ),
        ("soundbite", {"startTime": "188", "duration": "120"}, kits.SPOKEN[5][2]),
        ("soundbite", {"startTime": "520", "duration": "84"}, kits.SPOKEN[9][2]),
    ]


def test_files_have_names_until_the_address_of_the_feed_is_known() -> None:
    made = RSS.make(kits.kit())

    assert 'url="chapters.json"' in made.text
    assert item(kits.kit(), base_url="javascript:x") == made.text
    assert made.remarks == (
        "put the address of your own host before the names of its files",
        "date, id and enclosure are your feed's to add",
    )


def test_without_times_there_is_neither_chapter_nor_transcript_nor_soundbite() -> None:
    made = RSS.make(kits.kit(timed=False))

    assert "<podcast:" not in made.text
    assert made.remarks == (
        "no chapters and no captions: the transcript has no times",
        "date, id and enclosure are your feed's to add",
        "2 quotes without a time: no soundbite of it",
    )


def test_a_soundbite_is_long_enough_and_never_runs_past_the_end() -> None:
    kit = kits.kit()
    places = [kits.cite(kit.transcript, turn) for turn in (0, 1, 10, 11)]
    ended = replace(places[1], locator=replace(places[1].locator, end_ms=40_000))
    quotes = tuple(
        replace(kit.quotes[0], citation=one) for one in (places[0], ended, places[2], places[3])
    )

    assert [bite[1:] for bite in soundbites(replace(kit, quotes=quotes))] == [
        (0, 15_000),
        (7_000, 33_000),
        (604_000, 15_000),
        (611_000, 9_000),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<item>", "it is not well-formed XML"),
        (
            '<!DOCTYPE x [<!ENTITY a "b">]><item/>',
            "it holds a document type, a comment or a section of raw characters",
        ),
        ("<channel/>", "it is not one item"),
        ("<item/>", "it has no title"),
        (
            f'<item xmlns:c="{CONTENT}"><title>a</title><c:encoded>&lt;b/&gt;</c:encoded></item>',
            "its HTML holds tags, attributes or addresses that are not allowed",
        ),
        (
            f'<item xmlns:p="{PODCAST}"><title>a</title><p:soundbite startTime="x"/></item>',
            "a soundbite has no time",
        ),
    ],
)
def test_each_fault_of_an_item_is_named(text: str, why: str) -> None:
    assert RSS.check(text) == (why,)
