"""A small command with every kind of way in it, and the bench its scenarios are played on."""

from __future__ import annotations

from pathlib import Path

from pmagent.simulations.running import Bench
from pmagent.simulations.shelf import Shelf
from pmagent.simulations.staging import folder_texts, make_stage

# ruff: noqa: E501 - a step is one line
POST_NOTE = """\
---
description: A note to a short post, checked and sent
arguments: [note]
when_to_use: The user wants a note posted.
allowed-tools: Read(notes/**) Read(policies/**) ghost.draft
metadata:
  budget: {steps: 30, minutes: 5, tokens: 20k, usd: 0.10, effects: 1}
  risk: external
  owner: me
  key: note
---
# Post a note

Plain words.

## Always

- **Hand off** "This is under embargo." if `mentions(n, ["embargo"])`

## Steps

1. **Read** `note` as `n`
2. **Check** `n.words >= 20` else "Too short ({n.words} words)."
3. **Read** `policies/tone.md` if it exists as `tone`
4. Write a title for `n` that keeps to `tone`, as `title` like `str 5..60` or offline `text.cut(n.text, 40)`
5. **Call** `facts.check` with `text=n.text, sources=["notes/**"]` as `facts`
6. **If** `facts.contradicted > 0`
   1. **Hand off** "Contradicted: {facts.worst.claim}" showing `facts`
7. **For each** `claim` in `facts.unsupported_claims` up to `2`
   1. **Note** "No source says: {claim}"
8. **Approve** "Send '{title}'?" showing `title`
9. **Call** `ghost.draft` with `title=title, markdown=n.text, slug=slug(title)` as `draft`
10. **Return** `{"title": title, "url": draft.url}`
"""

NOTE = (
    "We have counted the seats of all the teams, and there are forty two seats "
    "in the plan that we sold in May to the schools."
)
FACTS = "{contradicted: 0, unsupported_claims: [], worst: {claim: forty-two}}"
HAPPY = f"""\
simulate: /post-note notes/a.md
because: the plain way works
garden:
  notes/a.md: "{NOTE}"
  finance/plan.md: "The margin of the plan is eleven dollars a seat."
grants: ["Read(notes/**)", "Read(policies/**)", ghost.draft]
replies:
  title: [bad, Forty-two seats]
functions:
  facts.check: {FACTS}
person: [{{when: "Send '*'?", say: approve}}]
expect:
  outcome: done
  path: [Read n, ..., Approve, Call ghost.draft draft, Return]
  called: {{facts.check: 1, ghost.draft: 1}}
  effects: {{ghost: 1}}
  denied: []
  saw: {{title: {{only: [n, tone], never: ["finance/**"], has: [forty two seats]}}}}
  output: {{title: {{max: 20}}, url: {{matches: "^https://"}}}}
  sent: {{ghost.draft: {{title: Forty-two seats}}}}
  within: {{steps: 12, tokens: 2000, usd: 0.02}}
"""


def bench_of(folder: Path, **scenarios: str) -> Bench:
    """A bench with the command and these scenarios of it, by name."""
    commands, home = folder / "commands", folder / "simulations" / "post-note"
    commands.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    (commands / "post-note.md").write_text(POST_NOTE, encoding="utf-8")
    for name, text in scenarios.items():
        path = home / f"{name.replace('_', '-')}.sim.yaml"
        path.write_text(text, encoding="utf-8")
    shelf = Shelf(folder / "simulations")
    return Bench(shelf, make_stage(folder_texts(commands), shelf))
