"""Two long procedures and how a file becomes one."""

from __future__ import annotations

from pmagent.commands.found import Found
from pmagent.commands.read_command import read_command
from pmagent.procedures.language.read import read_procedure
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import Procedure

RECIPE = """\
---
description: One kitchen log to names, a summary, a cited recipe and its stages, left as a draft.
argument-hint: <log>
arguments: [log]
when_to_use: The user wants to publish a recipe or draft its page.
allowed-tools: Read(logs/**) Read(sources/**) Read(house/**) Write(drafts/**) ghost.draft
metadata:
  budget: {steps: 40, minutes: 10, tokens: 150k, usd: 0.50, effects: 1}
  autonomy: assist
  risk: external
  key: log
  output: "{names: [str], summary: str, recipe: cited_text, stages: [{at: time, title: str}]}"
---
# Publish a recipe
Write as the kitchen speaks: short and exact. Say nothing that the log or a source does not say.

## Always
- **Switch to** `/allergy-review` with `log` if `mentions(log, ["nuts", "not for guests"])`
- **Hand off** "Almost out of budget." if `budget.usd_left < 0.05`

## Steps
1. **Read** `log` as `t`
2. **Check** `t.words >= 100` else "Too short to cook from ({t.words} words)."
3. **Read** `house/style.md` if it exists as `style`
4. **Run** `/stages` with `log=t` as `stages`
5. Write five names for `t` that keep to `style`, as `names` like `[str 10..70] 5` or offline
   `draft.titles(t, 5)`
6. Describe `t` in two sentences, as `summary` like `str 80..400` or offline `draft.summary(t)`
7. Write the recipe for `t` along `stages`, one cited line a point, as `recipe` like `cited_text` \
or offline `draft.notes(t, stages)`
8. **Call** `facts.check` with `text=recipe, sources=[t, "sources/**"]` as `facts`
9. **If** `facts.contradicted > 0`
   1. **Note** "Contradicted: {facts.worst.claim} — see {facts.worst.source}"
   2. **Hand off** "A claim is contradicted: mend it or drop it." showing `facts`
10. **Else if** `facts.unsupported > 0`
    1. Rewrite `recipe` without `facts.unsupported_claims`, as `recipe` like `cited_text` or \
offline `draft.drop(recipe, facts.unsupported_claims)`
11. **Code** as `minutes`
    ```python
    max(1, (len(recipe.split(" ")) + 199) // 200)
    ```
12. **Approve** "Send '{names[0]}' ({minutes} min read) to Ghost?" showing `names, summary, recipe`
13. **Call** `ghost.draft` with `title=names[0], excerpt=summary, markdown=recipe` as `draft`
14. **Return** `{"names": names, "summary": summary, "recipe": recipe, "stages": stages}`

## Good looks like
- Every amount stands in the log.
- A name says what is eaten.
"""

REPAIRS = """\
---
description: Gather recent repair notes, drop doubles, cluster them, and list what breaks most.
arguments: [since]
when_to_use: Someone asks what keeps breaking.
allowed-tools: Read(repairs/**) Read(manuals/**) board.card
metadata: {autonomy: shadow, risk: internal, key: week(today), owner: workshop,
  budget: {steps: 400, minutes: 15, usd: 0.30, effects: 25}, output: "{faults: [any]}"}
---
# Sort repairs
## Steps
1. **Set** `start = since or days_ago(7)`
2. **Call** `signals.load` with `paths="repairs/**", since=start` as `raw`
3. **Check** `raw.count > 0` else "Nothing broke since {start}."
4. **Call** `signals.cluster` with `items=raw.items, min_size=3` as `clusters`
5. **Set** `faults = []`
6. **For each** `c` in `clusters` up to `25`
   1. Name the part in `c.examples`, as `name` like `str 3..80` or offline `signals.label(c)`
   2. **Find** `name` in `repairs/**, manuals/**` as `prior`
   3. **Run** `/size-fault` with `cluster=c, prior=prior` as `guess`
   4. **Set** `size = guess.size`
   5. **If** `guess.confidence < 0.5`
      1. **Ask** "How bad is '{name}' ({c.count} repairs)?" as `size` like `small|medium|large`
   6. **Set** `faults = faults + [struct(name=name, count=c.count, quotes=c.examples, size=size)]`
7. **Approve** "Put {len(faults)} faults on the board?" showing `faults`
8. **For each** `th` in `faults` up to `25`
   1. **Call** `board.card` with `list="Inbox", name=th.name, desc=quotes(th)`
9. **Return** `{"faults": faults}`
"""

HEAD = """\
---
description: Sort the shelf.
arguments: [box]
when_to_use: The shelf is full.
allowed-tools: Read(shelf/**)
metadata: {budget: {steps: 20}}
---
# Sort
"""


def command(text: str, name: str = "sort") -> CommandFile:
    """The command of a file with this text."""
    found = Found(name=name, path=f"commands/{name}.md", place="project")
    read = read_command(text.encode(), found)
    assert isinstance(read, CommandFile)
    return read


def procedure(text: str, name: str = "sort") -> Procedure:
    """The procedure of a file with this text."""
    return read_procedure(command(text, name), text)


def with_steps(steps: str, head: str = HEAD) -> Procedure:
    """A procedure of a few steps."""
    return procedure(f"{head}\n## Steps\n{steps}")


def messages(read: Procedure) -> list[str]:
    """What is wrong with it: code, line and words."""
    return [f"{problem.code} {problem.line}: {problem.message}" for problem in read.problems]
