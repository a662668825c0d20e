"""`/init`: an `AGENTS.md` for this folder, proposed and never written.

What the file says of the folder is counted from its files; what only the owner knows is asked,
three questions at most, and stands as its default until it is answered. The front end shows the
whole text as a difference and asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmagent.errors import ReadError, UsageError
from pmagent.insights._init_proposal import InitQuestion, Proposal, propose
from pmagent.insights._init_survey import is_rule_file, look_at
from pmagent.types.insights import Archive, Draft, Insight

PATH = "AGENTS.md"
KEYS = ("owner", "canonical", "trust")


def propose_agents_file(
    archive: Archive,
    *,
    existing: str = "",
    rules: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Proposal:
    """What `AGENTS.md` could say.

    `existing` is its text as it is now, byte for byte; `rules` the texts of `.cursor/rules/*`,
    `.cursorrules`, `.github/copilot-instructions.md`, `.windsurfrules`, `.clinerules` and
    `CLAUDE.md` by path; `answers` those to the questions of an earlier proposal, by key.
    """
    return propose(look_at(archive), existing=existing, rules=rules, answers=answers)


def init(arguments: Sequence[str], archive: Archive) -> Draft:
    """The proposal as a draft, from what the archive alone can see; answers as `key=value`.

    Raises:
        UsageError: an argument is no answer.
    """
    answers = dict(_answer(argument) for argument in arguments)
    has_own = PATH in archive.paths()
    if has_own:
        # Its text as parsed has lost its markup: merging needs the bytes, which come by the front.
        return _unmerged(archive)
    proposal = propose_agents_file(archive, rules=_seen_rules(archive), answers=answers)
    return Draft(title=PATH, markdown=proposal.text, path=PATH)


def questions(archive: Archive) -> tuple[InitQuestion, ...]:
    """What would be asked."""
    return propose(look_at(archive)).questions


def _unmerged(archive: Archive) -> Draft:
    proposal = propose_agents_file(archive)
    told = f'"{PATH}" is there already; this is what a new one would say'
    return Draft(title=PATH, markdown=proposal.text, path="drafts/AGENTS.md", abstained=told)


def _answer(argument: str) -> tuple[str, str]:
    key, _, value = argument.partition("=")
    if key not in KEYS or not value:
        raise UsageError(
            f'"{argument}" is no answer', f'give one as "trust=draft"; keys are {", ".join(KEYS)}'
        )
    return key, value


def _seen_rules(archive: Archive) -> dict[str, str]:
    """Rule files that are indexed as notes; their markup is gone, their words are not."""
    texts: dict[str, str] = {}
    for path in archive.paths():
        if is_rule_file(path) and path != PATH:
            try:
                blocks = archive.document(path).parsed.blocks
            except ReadError:
                continue
            texts[path] = "\n".join(block.text for block in blocks)
    return texts


insight = Insight(name="init", run=init)
