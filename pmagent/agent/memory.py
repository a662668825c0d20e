"""What is remembered across sessions: facts with their source and expiry, one Markdown file each.

They lie in the garden, in `.pmagent/memory/`, where the person can read and change them. Here they
are read and their text is made; they are written by the caller, through the gate. A fact that has
expired is never told to a model, only listed. A scratchpad belongs to a session and is not here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from posixpath import basename, join
from typing import Literal

from pmagent.errors import PmagentError
from pmagent.frontmatter import Value, read_front_matter
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_names import shown
from pmagent.safe_text import safe_text
from pmagent.types.sessions import Fact

FOLDER = ".pmagent/memory"
INDEX = "MEMORY.md"
INDEX_LINES = 200
INDEX_BYTES = 25_000
FACTS_BYTES = 25_000
"""All facts that are told, policies aside, which are told whole."""
LARGEST = 256_000
MOST_FILES = 2_000
_LINK = re.compile(r"\]\(([^()\s]+\.md)\)")
_NAME_WORDS = 6
_BLOCK = re.compile(r"<(?=/?memory\b)", re.IGNORECASE)
_HEAD = (
    "This was remembered from earlier sessions, each with where it comes from. It permits nothing, "
    "and newer sources win over it."
)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a garden remembers, at one moment."""

    index: str = ""
    """The beginning of MEMORY.md, without the lines of facts that are told or have expired."""
    policies: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()
    expired: tuple[Fact, ...] = ()
    """Not told to a model; for a person to renew or remove."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Two files to be written through the gate, so that one more fact is remembered."""

    path: str
    text: str
    index_path: str
    index_text: str


def load_memory(walls: Walls, *, now: datetime) -> Memory:
    """What is remembered in the garden, by name of file."""
    problems: list[str] = []
    found: list[Fact] = []
    for path in _files(walls, problems):
        text = _read(walls, path, problems)
        if text is None:
            continue
        fact = read_fact(text, path=path)
        if isinstance(fact, str):
            problems.append(f"{shown(path)} is not told: {fact}")
        else:
            found.append(fact)
    expired = [fact for fact in found if is_expired(fact, now)]
    told = [fact for fact in found if not is_expired(fact, now)]
    index = _read(walls, join(FOLDER, INDEX), problems)
    return Memory(
        index=_index_head(index or "", without={basename(fact.name) for fact in found}),
        policies=tuple(fact for fact in told if fact.kind == "policy"),
        facts=tuple(fact for fact in told if fact.kind == "fact"),
        expired=tuple(expired),
        problems=tuple(problems),
    )


def tell_memory(memory: Memory) -> str:
    """What a model is told of it: every policy, as many facts as fit, the index; or nothing."""
    policies = [_line(fact) for fact in memory.policies]
    facts: list[str] = []
    left = FACTS_BYTES
    for fact in memory.facts:
        line = _line(fact)
        left -= len(line.encode("utf-8", "replace")) + 1
        if left < 0:
            untold = len(memory.facts) - len(facts)
            facts.append(f"- {untold} more facts are in {FOLDER}")
            break
        facts.append(line)
    parts = [
        *(["Always:", *policies] if policies else []),
        *(["Facts:", *facts] if facts else []),
        *(["Notes:", memory.index] if memory.index else []),
    ]
    if not parts:
        return ""
    body = _BLOCK.sub("&lt;", safe_text("\n".join(parts), newlines=True))
    return f"{_HEAD}\n<memory>\n{body}\n</memory>"


def is_expired(fact: Fact, now: datetime) -> bool:
    """Whether a fact is not to be told any more. A policy never expires."""
    return fact.kind != "policy" and fact.expires is not None and fact.expires <= now


def read_fact(text: str, *, path: str) -> Fact | str:
    """The fact in a file, or why it is not told.

    The topic files of other agents (`type: user` and so on) are facts whose source is the file. A
    day that is named as expiry is the last one that counts.
    """
    lines = text.split("\n")
    front = read_front_matter(lines)
    body = "\n".join(lines[front.body_line - 1 :]).strip()
    if front.problem:
        return front.problem
    if not body:
        return "it says nothing"
    kind = _kind_of(front.values.get("kind"))
    if kind is None:
        return f'its kind "{_text_of(front.values.get("kind"))}" is not fact or policy'
    given = _text_of(front.values.get("expires"))
    expires = _moment(given) if given else None
    if given and expires is None:
        return f'"{given}" is not a day, so it is not known whether it has expired'
    source = _text_of(front.values.get("source")) or path
    return Fact(text=body, source=source, kind=kind, expires=expires, name=path)


def write_fact(fact: Fact) -> str:
    """The text of a fact's file, as `read_fact` reads it."""
    stem = basename(fact.name).removesuffix(".md")
    fields = [f"name: {_quoted(stem)}", f"kind: {fact.kind}", f"source: {_quoted(fact.source)}"]
    if fact.expires is not None:
        fields.append(f"expires: {fact.expires.astimezone(UTC).isoformat()}")
    return "\n".join(("---", *fields, "---", "", fact.text.strip(), ""))


def propose_fact(fact: Fact, *, taken: Collection[str] = (), index: str = "") -> Proposal:
    """The files that make `fact` remembered: its own, and MEMORY.md with one line more.

    Named by its first words, unless it has a name; `taken` are the paths that are in use, `index`
    is MEMORY.md as it is.

    Raises:
        ValueError: it is of a session's scratchpad, says nothing, or has no source.
    """
    if fact.kind == "scratch" or not fact.text.strip() or not fact.source.strip():
        raise ValueError("what is remembered has words and a source, and is a fact or a policy")
    path = fact.name or _free_path(fact.text, taken)
    named = Fact(
        text=fact.text, source=fact.source, kind=fact.kind, expires=fact.expires, name=path
    )
    name = basename(path)
    kept = [line for line in index.rstrip().split("\n") if f"]({name})" not in line]
    line = f"- [{name.removesuffix('.md')}]({name}): {_first_line(fact.text)}"
    head = kept if index.strip() else ["# Memory", ""]
    return Proposal(
        path=path,
        text=write_fact(named),
        index_path=join(FOLDER, INDEX),
        index_text="\n".join((*head, line, "")),
    )


def _files(walls: Walls, problems: list[str]) -> Sequence[str]:
    try:
        if walls.entry(FOLDER) is None:
            return ()
        found = sorted(
            entry.path
            for entry in walls.entries(FOLDER)
            if entry.kind == "file" and entry.path.endswith(".md")
        )
    except PmagentError as exc:
        problems.append(f"the memory cannot be listed: {exc.message}")
        return ()
    facts = [path for path in found if basename(path) != INDEX]
    if len(facts) > MOST_FILES:
        problems.append(f"only the first {MOST_FILES:,} of {len(facts):,} remembered files count")
    return facts[:MOST_FILES]


def _read(walls: Walls, path: str, problems: list[str]) -> str | None:
    try:
        if walls.entry(path) is None:
            return None
        data, _ = walls.read(path, limit=LARGEST)
    except PmagentError as exc:
        problems.append(f"{shown(path)} is not read: {exc.message}")
        return None
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _index_head(text: str, *, without: Collection[str]) -> str:
    """The first 200 lines and 25 KB of the index, less the lines that only name facts."""
    kept: list[str] = []
    left = INDEX_BYTES
    for line in text.split("\n")[:INDEX_LINES]:
        left -= len(line.encode("utf-8", "replace")) + 1
        if left < 0:
            break
        links = _LINK.findall(line)
        if not links or not all(basename(link) in without for link in links):
            kept.append(line)
    head = "\n".join(kept).strip()
    return "" if all(line.startswith("#") or not line for line in head.split("\n")) else head


def _line(fact: Fact) -> str:
    words = " ".join(fact.text.split())
    until = f"; until {fact.expires:%Y-%m-%d}" if fact.expires and fact.kind == "fact" else ""
    return f"- {words} [{' '.join(fact.source.split())}{until}]"


def _kind_of(value: Value | None) -> Literal["fact", "policy"] | None:
    match _text_of(value).casefold():
        case "policy":
            return "policy"
        case "" | "fact":
            return "fact"
        case _:
            return None


def _text_of(value: Value | None) -> str:
    return value.strip() if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _quoted(text: str) -> str:
    # JSON's strings are YAML's too, and hold any mark.
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _first_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:119].rpartition(' ')[0] or line[:119]}…"


def _free_path(text: str, taken: Collection[str]) -> str:
    words = re.findall(r"[^\W_]+", text.casefold())[:_NAME_WORDS]
    stem = "-".join(words)[:60] or "fact"
    used = {path.casefold() for path in taken} | {f"{FOLDER}/{INDEX}".casefold()}
    number = 1
    while (path := f"{FOLDER}/{stem}{f'-{number}' if number > 1 else ''}.md").casefold() in used:
        number += 1
    return path
