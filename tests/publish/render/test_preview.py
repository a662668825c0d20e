from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from pmagent.publish.render import format_named
from pmagent.publish.render.preview import Size, preview_page, sizes
from pmagent.types.publishing import TitleIdea
from tests.publish import kits
from tests.publish.render.hostile import Page

PREVIEW = format_named("preview")


def test_the_page_shows_the_post_its_chapters_and_what_fits() -> None:
    page = Page(preview_page(kits.kit()))
    said = " ".join(" ".join(page.said).split())

    assert "Maps that are wrong" in said
    assert "0:14 The Fennick chart" in said
    assert "Apple, plain 578 of 4,000 bytes" in said
    assert "Two names are said once only" in said
    assert page.tags >= {"article", "aside", "svg", "rect", "progress", "time"}


def test_the_page_forbids_all_but_its_own_style() -> None:
    page = preview_page(kits.kit())
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        in page
    )
    assert "@import" not in style
    assert "url(" not in style


def test_an_edited_post_is_shown_as_it_was_edited_and_without_pictures() -> None:
    page = preview_page(
        kits.kit(), markdown="# Mine\n\n![a](https://a.example/p.png) <script>x</script>\n"
    )

    assert "<h1>Mine</h1>" in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert not Page(page).tags & {"img", "script"}


def test_what_does_not_fit_is_marked() -> None:
    kit = kits.kit()
    long = replace(kit, titles=(TitleIdea(text="a" * 90, kind="subject"),))

    assert sizes(long)[:2] == (
        Size(target="Title in lists", size=90, most=70, unit="characters"),
        Size(target="YouTube title", size=90, most=100, unit="characters"),
    )
    assert [one.fits for one in sizes(long)] == [False, True, True, True, True, True]
    assert preview_page(long).count('class="over"') == 1


def test_a_page_that_would_fetch_or_run_is_named() -> None:
    page = PREVIEW.render(kits.kit())

    assert PREVIEW.check(page.replace("<article", "<script src=x></script><article")) == (
        "it holds something that runs or is fetched",
    )
    assert PREVIEW.check(page.replace("<style>", "<style>* { color: red }").replace("'none'", "*"))


def test_without_times_the_chapters_have_none_and_there_is_no_band() -> None:
    page = Page(preview_page(kits.kit(timed=False)))

    assert "time" not in page.tags
    assert "svg" not in page.tags
    assert "The Fennick chart" in page.said
