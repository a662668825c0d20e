"""Canonical sources come first, and what differs from them is said."""

from __future__ import annotations

from datetime import date

from pmagent.retrieval.canonical import (
    canonical_first,
    find_differences,
    is_canonical,
    read_canonical,
)
from pmagent.types import Citation, Locator, Sentence

AGENTS = """# Rules

## Canonical sources

- `specs/**`: what was decided
- notes/pricing.md, kept by Ana
- [[glossary]]
- [the plan](docs/plan.md)
- https://example.org/elsewhere
- ask Ana about the rest

### Older ones

* ./archive/

## Boundaries

- `drafts/**` only
"""


def said(text: str, path: str, line: int = 3) -> Sentence:
    return Sentence(
        text=text,
        citation=Citation(
            path=path,
            locator=Locator(first_line=line, last_line=line),
            title=path,
            date=date(2025, 1, 2),
            date_source="front matter",
        ),
    )


def test_paths_globs_links_and_names_of_the_section_are_read() -> None:
    globs = read_canonical(AGENTS)

    assert globs == ("specs/**", "notes/pricing.md", "glossary.*", "docs/plan.md", "archive/**")
    assert is_canonical("specs/a/b.md", globs)
    assert is_canonical("words/glossary.md", globs)
    assert not is_canonical("drafts/a.md", globs)


def test_no_section_means_no_canonical_source() -> None:
    assert read_canonical("# Rules\n\n- `specs/**`\n") == ()


def test_canonical_hits_come_first_and_each_group_keeps_its_order() -> None:
    paths = ["notes/b.md", "specs/a.md", "notes/a.md", "specs/b.md"]

    ordered = canonical_first(paths, ["specs/**"], path_of=str)

    assert ordered == ("specs/a.md", "specs/b.md", "notes/b.md", "notes/a.md")


def test_another_figure_for_the_same_thing_is_said_with_both_places() -> None:
    spec = said("The price is twenty-nine dollars a month.", "specs/price.md")
    talk = said("The price is nine dollars a seat.", "talk.md", 12)

    [difference] = find_differences([talk, spec], ["specs/**"])

    assert difference.text == (
        'the canonical source says "The price is twenty-nine dollars a month." '
        "[specs/price.md:3]; [talk.md:12] differs, it says another figure: "
        '"The price is nine dollars a seat."'
    )


def test_a_denial_of_the_same_thing_is_a_difference() -> None:
    spec = said("We never build deposits for shops.", "specs/no.md")
    talk = said("We build deposits for shops.", "talk.md")

    assert [one.kind for one in find_differences([spec, talk], ["specs/**"])] == ["the opposite"]


def test_the_same_figure_in_other_words_and_other_subjects_agree() -> None:
    spec = said("Drop-off is 41 percent.", "specs/a.md")

    assert not find_differences([spec, said("Drop-off is forty-one percent.", "b.md")], ["specs/*"])
    assert not find_differences([spec, said("Rain fell on 12 percent of days.", "b.md")], ["specs"])
