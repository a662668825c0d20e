"""`/init`: an `AGENTS.md` for this garden, made of what is there; every line that exists stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pmagent.agency.skills import split_arguments
from pmagent.errors import PmagentError, UsageError
from pmagent.ingest.decode import decode
from pmagent.insights.init import InitQuestion, propose_agents_file
from pmagent.permissions.walls import Walls
from pmagent.types.insights import Archive, Draft

FILE = "AGENTS.md"
RULE_FILES = (
    ".cursorrules", ".windsurfrules", ".clinerules", ".github/copilot-instructions.md", "CLAUDE.md",
    ".goosehints",
)  # fmt: skip
RULE_FOLDERS = (".cursor/rules", ".clinerules", ".windsurf/rules")
MAX_BYTES = 1_000_000
KEYS = ("owner", "canonical", "trust")


def propose(archive: Archive, walls: Walls, typed: str) -> tuple[Draft, str]:
    """The whole file as it would be, and what a person is asked and told about it.

    Raises:
        UsageError: an answer is none.
    """
    existing = _text(walls, FILE)
    proposal = propose_agents_file(
        archive, existing=existing, rules=dict(_rules(walls)), answers=_answers(typed)
    )
    is_same = proposal.text.strip() == existing.strip()
    draft = Draft(
        title=FILE,
        markdown=proposal.text,
        path="" if is_same else FILE,
        abstained=f'"{FILE}" already says all that can be seen here' if is_same else "",
    )
    return draft, _told(proposal.questions, proposal.folded, has_file=bool(existing))


def _told(questions: Sequence[InitQuestion], folded: Sequence[str], *, has_file: bool) -> str:
    lines = [f"## {FILE}", ""]
    kept = "Every line you have stays." if has_file else "It is written only when you say yes."
    lines.append(f"This is what I would tell every agent about this garden. {kept}")
    if folded:
        lines += ["", f"Taken over from: {', '.join(f'`{name}`' for name in folded)}."]
    if questions:
        lines += ["", "Answer what is wrong, and run it again:", ""]
        for question in questions:
            options = ", ".join(question.options)
            lines.append(f"- {question.text} `/init {question.key}=…`")
            lines.append(f"  now: {question.default or 'nothing'}; could be: {options or 'any'}")
    return "\n".join(lines)


def _answers(typed: str) -> Mapping[str, str]:
    answers: dict[str, str] = {}
    for word in split_arguments(typed):
        key, mark, value = word.partition("=")
        if not mark or key not in KEYS:
            raise UsageError(
                f'"{word}" answers nothing', f"write one of {', '.join(f'{k}=…' for k in KEYS)}"
            )
        answers[key] = value
    return answers


def _rules(walls: Walls) -> Iterator[tuple[str, str]]:
    """The rule files of other tools that are there."""
    for name in RULE_FILES:
        if text := _text(walls, name):
            yield name, text
    for folder in RULE_FOLDERS:
        try:
            names = sorted(entry.path for entry in walls.walk(folder) if entry.kind == "file")
        except PmagentError:
            continue
        for name in names:
            if name.endswith((".md", ".mdc", ".txt")) and (text := _text(walls, name)):
                yield name, text


def _text(walls: Walls, name: str) -> str:
    try:
        return decode(walls.read(name, limit=MAX_BYTES)[0]).text
    except PmagentError:
        return ""
