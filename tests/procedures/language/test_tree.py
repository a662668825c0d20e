"""A procedure as a picture."""

from __future__ import annotations

import re

from pmagent.procedures.language.tree import draw_mermaid, draw_tree
from tests.procedures.language.files import RECIPE, REPAIRS, procedure, with_steps


def test_the_tree_shows_numbers_verbs_sight_and_where_effects_and_questions_are() -> None:
    drawn = draw_tree(procedure(REPAIRS, "sort-repairs"))

    assert (
        drawn
        == """\
/sort-repairs <since>
risk internal, at most shadow
budget 400 steps, 15 minutes, 0.30 USD, 25 effects
may use Read(repairs/**) Read(manuals/**) board.card

Steps
  1      Set       since or days_ago(7) → start
  2      Call      signals.load(paths="repairs/**", since=start) → raw
  3      Check     raw.count > 0, else "Nothing broke since {start}."
  4      Call      signals.cluster(items=raw.items, min_size=3) → clusters
  5      Set       [] → faults
  6      For each  c in clusters, up to 25
  6.1      Model     Name the part in `c.examples` → name: str 3..80
                     sees c.examples; with no model: signals.label(c)
  6.2      Find      name in repairs/**, manuals/** → prior
  6.3      Run       /size-fault with cluster=c, prior=prior → guess
  6.4      Set       guess.size → size
  6.5      If        guess.confidence < 0.5
  6.5.1      Ask       "How bad is '{name}' ({c.count} repai… → size: small|medium|large  [asks you]
  6.6      Set       faults + [struct(name=name, count=c.count, quotes=c.examples, size=si… → faults
  7      Approve   "Put {len(faults)} faults on the board?" showing faults  [asks you]
  8      For each  th in faults, up to 25
  8.1      Call      board.card(list="Inbox", name=th.name, desc=quotes(th))  [effect]
  9      Return    {"faults": faults}

Gives {faults: [any]}"""
    )


def test_no_line_of_the_steps_is_wider_than_asked_for() -> None:
    drawn = draw_tree(procedure(RECIPE), width=80)

    assert max(len(line) for line in drawn.splitlines() if line.startswith("  ")) <= 80


def test_the_chart_leads_from_every_step_to_the_next_and_past_an_end_nowhere() -> None:
    chart = draw_mermaid(
        with_steps(
            '1. **If** `a`\n   1. **Stop** "no"\n2. **Else**\n   1. **Set** `x = 1`\n'
            "3. **For each** `y` in `[1]` up to `3`\n   1. **Call** `ghost.draft` with `a=y`\n"
            "4. **Return** `x`\n"
        ),
        effects={"ghost.draft"},
    )

    edges = re.findall(r"^  (\w+) -->(?:\|(.+?)\|)? (\w+)$", chart, re.MULTILINE)
    assert edges == [
        ("start", "", "s1"),
        ("s1", "yes", "s1_1"),
        ("s1", "no", "s2_1"),
        ("s2_1", "", "s3"),
        ("s3", "each", "s3_1"),
        ("s3_1", "", "s3"),
        ("s3", "after the last", "s4"),
    ]
    assert 's3_1["3.1 Call ghost.draft(a=y)"]:::effect' in chart


def test_no_mark_of_the_file_is_read_as_markup_of_the_chart() -> None:
    chart = draw_mermaid(procedure(RECIPE))

    labels = re.findall(r'"(.*)"', chart)
    assert labels
    assert not any(re.search(r'["<>`\[\]{}|;]', re.sub(r"#\d+;", "", label)) for label in labels)
