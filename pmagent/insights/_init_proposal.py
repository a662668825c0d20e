"""The `AGENTS.md` that is proposed: made from a survey, or merged into one that exists.

An existing file keeps every line, in its order; only sections it does not have are added behind it.
Proposing again for a file that was taken over adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.insights._init_rules import Folded, fold_rules
from pmagent.insights._init_survey import Survey

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(?P<title>.*?)\s*#*\s*$")
_SAME = {
    "What is here": r"what is here|overview|structure|contents|layout|where things are",
    "Roles": r"roles?|people|who is who|team|speakers?",
    "Boundaries": r"boundar|rules?|limits|do not|don't|constraints|permissions",
    "Canonical sources": r"canonical|sources? of truth",
    "First job": r"first job|first task|start here|getting started",
    "Trust": r"trust|autonomy",
    "From other tools": r"from other tools",
}
"""What a section may be called in a file that somebody wrote."""
MOST_NAMED = 6
TRUST_LEVELS = ("look", "draft", "edit")


@dataclass(frozen=True, kw_only=True)
class InitQuestion:
    """Something only the owner knows, with what is assumed until they say."""

    key: str
    """`owner`, `canonical` or `trust`: the key of the answer."""
    text: str
    options: tuple[str, ...]
    default: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A whole `AGENTS.md`, and what would make it better."""

    text: str
    questions: tuple[InitQuestion, ...]
    """At most three."""
    added: tuple[str, ...]
    """Titles of the sections that an existing file did not have; all of them where it is new."""
    folded: tuple[str, ...]
    """Rule files of other tools whose lines were brought in."""


def propose(
    survey: Survey,
    *,
    existing: str = "",
    rules: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Proposal:
    """The file for this folder. `rules` are texts of other tools' rule files by path."""
    said = answers or {}
    folded = fold_rules(rules or {}, existing)
    sections = _sections(survey, said, folded)
    present = {title for title in sections if _has(existing, title)}
    # Lines of another tool may come in later, when the section is already there.
    is_more = bool(folded) and "From other tools" in present
    added = tuple(title for title in sections if title not in present)
    new = [f"## {title}\n\n{body}" for title, body in sections.items() if title in added]
    if is_more:
        new.append(_folded_body(folded))
    text = _joined(existing, new)
    return Proposal(
        text=text,
        questions=tuple(one for one in _questions(survey) if one.key not in said),
        added=added,
        folded=tuple(one.path for one in folded),
    )


def _joined(existing: str, new: Sequence[str]) -> str:
    body = "\n\n".join(new)
    if not existing.strip():
        return f"# How to work in this folder\n\n{body}\n"
    if not body:
        return existing
    gap = "" if existing.endswith("\n\n") else "\n" if existing.endswith("\n") else "\n\n"
    return f"{existing}{gap}{body}\n"


def _has(existing: str, title: str) -> bool:
    wanted = re.compile(rf"(?i)\b(?:{_SAME[title]})")
    headings = (_HEADING.match(line) for line in existing.splitlines())
    return any(found is not None and wanted.search(found["title"]) for found in headings)


def _sections(survey: Survey, said: Mapping[str, str], folded: Sequence[Folded]) -> dict[str, str]:
    sections = {
        "What is here": _here(survey),
        "Roles": _roles(survey, said),
        "Boundaries": _boundaries(survey),
        "Canonical sources": _canonical(survey, said),
        "First job": _first_job(survey),
        "Trust": _trust(said),
        "From other tools": _folded_body(folded),
    }
    return {title: body for title, body in sections.items() if body}


def _here(survey: Survey) -> str:
    kinds = (
        ("transcripts", survey.transcripts),
        ("specs and decisions", survey.specs),
        ("boards", survey.boards),
        ("calendars", survey.calendars),
        ("notes", survey.notes),
        ("other files", survey.other),
    )
    rows: list[str] = []
    for name, paths in kinds:
        where = survey.folder_of(paths)
        if paths:
            rows.append(f"- {name}: {len(paths)}{f', in `{where}`' if where else ''}")
    if survey.is_vault:
        rows.append("- The notes are a vault: keep `[[links]]` as they are, and link new notes")
    return "\n".join(rows) or "- Nothing is indexed yet"


def _roles(survey: Survey, said: Mapping[str, str]) -> str:
    owner = said.get("owner") or _owner(survey)
    rows = [f'- {owner}: owns this folder; "I" in its notes is {owner}'] if owner else []
    for name, count in survey.speakers[:MOST_NAMED]:
        if name != owner:
            times = f"{count} of the transcripts looked into"
            rows.append(f"- {name}: speaks in {times}")
    return "\n".join(rows) or "- One person's files; nobody else speaks in them"


def _boundaries(survey: Survey) -> str:
    rows = [
        "- Say only what a file says, word for word, with its path and line",
        "- Say so where the files hold no answer, and where two of them disagree",
        "- Write new files below `drafts/` only",
    ]
    if survey.transcripts:
        where = survey.folder_of(survey.transcripts) or "them"
        rows.append(
            f"- Transcripts are a record: never edit {f'`{where}`' if where != 'them' else where}"
        )
    if survey.calendars:
        rows.append("- Calendars are read, never changed")
    return "\n".join(rows)


def _canonical(survey: Survey, said: Mapping[str, str]) -> str:
    named = said.get("canonical") or _first_canonical(survey)
    if not named or named == "none":
        return ""
    reason = "what was decided; it wins where other files disagree"
    return "\n".join(f"- `{glob.strip()}`: {reason}" for glob in named.split(",") if glob.strip())


def _first_job(survey: Survey) -> str:
    if survey.transcripts:
        return f"- `/digest {survey.transcripts[-1]}`, and open three of its citations to check it"
    if survey.notes:
        return f"- `/related {survey.notes[0]}`, and open three of its citations to check it"
    return "- `pmagent index`, then ask one question whose answer you know"


def _trust(said: Mapping[str, str]) -> str:
    level = said.get("trust", "draft")
    told = {
        "look": "read only; anything that writes asks first",
        "draft": "may write below `drafts/`; everything else asks first",
        "edit": "may change notes after showing the difference; everything else asks first",
    }
    return f"- Level `{level}`: {told.get(level, told['draft'])}"


def _folded_body(folded: Sequence[Folded]) -> str:
    rows: list[str] = []
    for one in folded:
        note = f" ({one.note})" if one.note else ""
        rows += [f"### From `{one.path}`{note}", "", *one.lines, ""]
    return "\n".join(rows).rstrip()


def _owner(survey: Survey) -> str:
    return survey.speakers[0][0] if survey.speakers else ""


def _first_canonical(survey: Survey) -> str:
    return survey.folder_of(survey.specs)


def _questions(survey: Survey) -> list[InitQuestion]:
    found: list[InitQuestion] = []
    names = tuple(name for name, _ in survey.speakers[:4])
    if len(names) > 1:
        found.append(
            InitQuestion(
                key="owner",
                text='Whose folder is this: who is "I" in the notes?',
                options=(*names, "somebody else"),
                default=names[0],
            )
        )
    globs = [survey.folder_of(paths) for paths in (survey.specs, survey.notes, survey.boards)]
    options = tuple(dict.fromkeys(glob for glob in globs if glob))
    if len(options) > 1:
        found.append(
            InitQuestion(
                key="canonical",
                text="Which files are right where others disagree with them?",
                options=(*options, "none"),
                default=_first_canonical(survey) or "none",
            )
        )
    found.append(
        InitQuestion(
            key="trust",
            text="What may be done here without asking you?",
            options=TRUST_LEVELS,
            default="draft",
        )
    )
    return found
