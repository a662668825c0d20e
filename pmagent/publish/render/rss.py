"""An item for a podcast's feed, with the tags of the podcast namespace.

Where the audio and the files will lie is not known here: the addresses are file names until the
feed's own address is put before them. No date, no id and no enclosure are invented.
"""

from __future__ import annotations

from bisect import bisect_right
from xml.etree import ElementTree as ET

from pmagent.nlp.counted import counted
from pmagent.publish.render import apple, captions, podcast_chapters
from pmagent.publish.render._escape import plain, web_address
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import (
    RSS_DESCRIPTION_BYTES,
    SOUNDBITE_LONGEST_S,
    SOUNDBITE_SHORTEST_S,
    SOUNDBITE_TITLE_CHARS,
    byte_count,
    cut_to,
)
from pmagent.publish.render._speech import timeline
from pmagent.publish.render._times import marks_of
from pmagent.publish.render.html import clean_html, to_html
from pmagent.publish.render.post import post_page, title_of
from pmagent.types.publishing import Kit, Quote

PODCAST = "https://podcastindex.org/namespace/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"


def item(kit: Kit, *, base_url: str = "") -> str:
    """One `<item>`. `base_url` is the folder of the web in which the kit's files will lie."""
    # Written as plain names: ElementTree's table of prefixes is one for the whole process.
    root = ET.Element("item", {"xmlns:podcast": PODCAST, "xmlns:content": CONTENT})
    ET.SubElement(root, "title").text = title_of(kit)
    if told := apple.PLAIN.render(kit):
        ET.SubElement(root, "description").text = told
    if shown := to_html(post_page(kit, with_title=False)):
        ET.SubElement(root, "content:encoded").text = shown
    base = f"{base_url.rstrip('/')}/" if web_address(base_url) else ""
    if marks_of(kit).marks:
        ET.SubElement(root, "podcast:chapters", _named(podcast_chapters.CHAPTERS, base))
    if _has_times(kit):
        for one in captions.FORMATS:
            named = {**_named(one, base), "rel": "captions"}
            ET.SubElement(root, "podcast:transcript", named)
    for quote, start_ms, duration_ms in soundbites(kit):
        bite = ET.SubElement(root, "podcast:soundbite", {})
        bite.set("startTime", _seconds(start_ms))
        bite.set("duration", _seconds(duration_ms))
        bite.text = cut_to(plain(quote.text), SOUNDBITE_TITLE_CHARS)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _named(one: Format, base: str) -> dict[str, str]:
    return {"url": f"{base}{one.file_name}", "type": one.media_type}


def _has_times(kit: Kit) -> bool:
    """Whether it can have captions."""
    return timeline(kit.transcript) is not None


def soundbites(kit: Kit) -> tuple[tuple[Quote, int, int], ...]:
    """The quotes that have a time: (quote, start, duration), in milliseconds.

    A quote ends where its cue or the next turn says; it is made 15 seconds at least and 120 at
    most, and never runs past the end of the recording.
    """
    starts = sorted(turn.start_ms for turn in kit.transcript.turns if turn.start_ms is not None)
    found: list[tuple[Quote, int, int]] = []
    for quote in kit.quotes:
        start = quote.citation.locator.start_ms
        if start is None or start < 0:
            continue
        following = bisect_right(starts, start)
        ends = [
            quote.citation.locator.end_ms,
            starts[following] if following < len(starts) else kit.transcript.end_ms,
        ]
        end = next((one for one in ends if one is not None and one > start), start)
        length = min(max(end - start, SOUNDBITE_SHORTEST_S * 1000), SOUNDBITE_LONGEST_S * 1000)
        last = kit.transcript.end_ms
        if last is not None and start < last < start + length:
            length = last - start
        found.append((quote, start, length))
    return tuple(found)


def item_problems(text: str) -> tuple[str, ...]:
    """What a feed reader would refuse or run."""
    if "<!" in text:
        return ("it holds a document type, a comment or a section of raw characters",)
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities need the document type refused above
    except ET.ParseError:
        return ("it is not well-formed XML",)
    if root.tag != "item":
        return ("it is not one item",)
    problems: list[str] = []
    if not (root.findtext("title") or "").strip():
        problems.append("it has no title")
    if byte_count(root.findtext("description") or "") > RSS_DESCRIPTION_BYTES:
        problems.append(f"the description has more than {RSS_DESCRIPTION_BYTES:,} bytes")
    shown = root.findtext(f"{{{CONTENT}}}encoded") or ""
    if clean_html(shown) != shown:
        problems.append("its HTML holds tags, attributes or addresses that are not allowed")
    if len(root.findall(f"{{{PODCAST}}}chapters")) > 1:
        problems.append("it has chapters twice")
    for bite in root.iter(f"{{{PODCAST}}}soundbite"):
        problems += _bite_problems(bite)
    return tuple(dict.fromkeys(problems))


def _bite_problems(bite: ET.Element) -> list[str]:
    try:
        start, duration = float(bite.get("startTime", "")), float(bite.get("duration", ""))
    except ValueError:
        return ["a soundbite has no time"]
    problems: list[str] = []
    if start < 0 or not 0 < duration <= SOUNDBITE_LONGEST_S:
        problems.append(f"a soundbite is empty or longer than {SOUNDBITE_LONGEST_S} seconds")
    if len(bite.text or "") > SOUNDBITE_TITLE_CHARS:
        problems.append(f"a soundbite's title is longer than {SOUNDBITE_TITLE_CHARS} characters")
    return problems


def _seconds(milliseconds: int) -> str:
    """`73.5`, `73`."""
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".")


def _make(kit: Kit) -> Rendering:
    remarks: list[str] = []
    if marks_of(kit).marks or _has_times(kit):
        remarks.append("put the address of your own host before the names of its files")
    else:
        remarks.append("no chapters and no captions: the transcript has no times")
    remarks.append("date, id and enclosure are your feed's to add")
    bites = soundbites(kit)
    if missing := len(kit.quotes) - len(bites):
        remarks.append(f"{counted(missing, 'quote')} without a time: no soundbite of it")
    remarks += [one for one in apple.PLAIN.make(kit).remarks if "fit" in one]
    return Rendering(text=item(kit), remarks=tuple(remarks))


FORMATS = (
    Format(
        name="rss",
        about="an item for the feed, with chapters, transcript and soundbites",
        file_name="item.xml",
        media_type="application/rss+xml",
        make=_make,
        check=item_problems,
    ),
)
