"""A small world for runs: documents in a folder, effects as lines of a file, a scripted person.

All of it lies in one folder, so that a run can be carried on by one process after another.
"""

# ruff: noqa: ARG002 - what stands in for a port takes all that the port takes
from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from pmagent.commands.found import Found
from pmagent.commands.read_command import read_command
from pmagent.errors import AccessError, UsageError
from pmagent.procedures.engine.engine import Engine, nowhere
from pmagent.procedures.engine.ports import (
    Done,
    Failpoint,
    Here,
    NeedsYes,
    Performed,
    Ports,
    Span,
    Verifier,
    Writer,
)
from pmagent.procedures.engine.terms import Terms
from pmagent.procedures.language.expressions import Expressions
from pmagent.procedures.language.read import read_procedure
from pmagent.records.leases import LockLeases
from pmagent.records.runs import RunRecords, canonical
from pmagent.records.tables import Tables
from pmagent.types.calls import CallSpec, Parameter
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import Procedure
from pmagent.types.runs import Question, Reply, Run, RunChanged, RunEvent, Sending

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def procedure(text: str, name: str = "job") -> Procedure:
    """The procedure that a Markdown text is; steps alone are given a heading and a front matter."""
    if not text.startswith("---"):
        text = f"---\ndescription: A job.\n---\n## Steps\n{text}"
    found = Found(name=name, path=f"commands/{name}.md", place="project")
    command = read_command(text.encode(), found)
    assert isinstance(command, CommandFile), command
    return read_procedure(command, text)


class Clock:
    """A clock that stands still until it is moved; a tenth of a second passes at each look."""

    def __init__(self) -> None:
        self.at = NOON
        self.ticks = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        self.ticks += 0.1
        return self.ticks

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


class Numbered:
    """Runs called r1, r2 and so on, as many as are on record."""

    def __init__(self, records: RunRecords) -> None:
        self._records = records

    def run_id(self) -> str:
        return f"r{len(self._records.list(1000)) + 1}"


class Folder:
    """Documents of a folder; `private/` is behind the walls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []

    def add(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def read(self, path: str, here: Here) -> Mapping[str, Any] | None:
        self.asked.append(path)
        if path.startswith("private/"):
            raise AccessError(f'"{path}" is refused by the walls')
        file = self.root / path
        if not file.is_file():
            return None
        text = file.read_text(encoding="utf-8")
        return {
            "kind": "document", "path": path, "title": path, "text": text,
            "words": len(text.split()), "sha256": "", "lines": text.splitlines(),
        }  # fmt: skip

    def find(self, query: str, globs: Sequence[str], here: Here) -> Mapping[str, Any]:
        hits = [
            {"path": str(file.relative_to(self.root)), "text": query}
            for file in sorted(self.root.rglob("*.md"))
            if query in file.read_text(encoding="utf-8")
        ]
        return {"hits": hits, "abstained": not hits, "reason": "" if hits else "nothing"}


def spec(name: str, given: str, gives: str, effect: str = "read") -> CallSpec:
    """A spec from `title: str, tags?: [str]`."""
    parameters = [
        Parameter(
            name=one.split(":")[0].strip(" ?"),
            shape=one.split(":")[1].strip(),
            is_optional="?" in one.split(":")[0],
        )
        for one in given.split(";")
        if one.strip()
    ]
    return CallSpec(
        name=name, summary=name, parameters=tuple(parameters), gives=gives,
        effect=effect,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


SPECS = (
    spec("text.upper", "text: str", "str"),
    spec("text.words", "text: str", "[str]"),
    spec("draft.titles", "t: any; n?: int", "[str]"),
    spec("post.send", "title: str; text?: str", "{url: str}", "external"),
    spec("card.add", "name: str", "{id: str}", "internal"),
)


class Functions:
    """Pure functions, and effects that are lines of `effects.jsonl`, each key once."""

    def __init__(self, root: Path, failpoint: Failpoint = nowhere) -> None:
        self.file = root / "effects.jsonl"
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.performed: list[str] = []
        """The digests given at each call."""
        self.answers: list[Performed] = []
        """What the next effects come to, in place of being done."""
        self.is_asking = False
        """Whether the gate wants a yes for each."""
        self._failpoint = failpoint

    def spec(self, name: str) -> CallSpec | None:
        return next((one for one in SPECS if one.name == name), None)

    def value(self, name: str, given: Mapping[str, Any], here: Here) -> Any:
        self.asked.append((name, given))
        match name:
            case "text.upper":
                return given["text"].upper()
            case "text.words":
                return given["text"].split()
            case "draft.titles":
                words = given["t"]["text"].split()
                return [f"About {word}" for word in words[: given.get("n", 5)]]
            case _:
                raise UsageError(f"no function {name}")

    def preview(self, name: str, given: Mapping[str, Any], here: Here) -> Sending:
        outgoing = canonical(given)
        digest = sha256(f"{name} {outgoing}".encode()).hexdigest()
        return Sending(function=name, target="example.org", outgoing=outgoing, digest=digest)

    def perform(
        self, name: str, given: Mapping[str, Any], here: Here, approved: frozenset[str]
    ) -> Performed:
        sending = self.preview(name, given, here)
        if self.answers:
            return self.answers.pop(0)
        if self.is_asking and sending.digest not in approved:
            return NeedsYes(sending=sending)
        key = f"{name} {here.key}"
        done = {effect["key"]: effect for effect in self.effects()}
        if key not in done or done[key]["given"] != given:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"key": key, "given": given}) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        self._failpoint("performed", f"inside {here.address}")
        return Done(data={"url": f"https://example.org/{given.get('title', '')}", "id": key})

    def effects(self) -> list[Mapping[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]


class People:
    """Answers by the beginning of a question's text; a list is given out one after another."""

    def __init__(self, replies: Mapping[str, Reply | list[Reply | None] | None]) -> None:
        self.replies = dict(replies)
        self.keeps_questions = True
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Reply | None:
        self.asked.append(question)
        for beginning, reply in self.replies.items():
            if question.text.startswith(beginning):
                if isinstance(reply, list):
                    return reply.pop(0) if reply else None
                return reply
        return None


class Book:
    """The other commands; `text` is the file's, as it is now."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)

    def procedure(self, name: str) -> Procedure | None:
        return procedure(self.texts[name], name) if name in self.texts else None

    def reread(self, name: str, text: str) -> Procedure:
        return procedure(text, name)

    def run(self, name: str, given: Mapping[str, Any], here: Here) -> Any:
        if name == "chapters":
            return [{"at": "00:00:00", "title": str(given.get("transcript", given.get("0")))}]
        raise UsageError(f'there is no command "/{name}"')


class Shelf:
    """Keeps the notes of hand-offs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def hand_off(self, run: Run, note: str) -> str:
        (self.root / f"{run.id}.note.md").write_text(note, encoding="utf-8")
        return f"drafts/{run.id}.note.md"


@dataclass
class Spans:
    """What was measured."""

    told: list[str] = field(default_factory=list)

    def note(self, facts: Mapping[str, Any]) -> None:
        self.told[-1] += f" {facts['status']}"

    @contextmanager
    def run(self, run: Run) -> Iterator[Span]:
        self.told.append(f"run {run.id}")
        yield self

    @contextmanager
    def step(self, here: Here, verb: str) -> Iterator[Span]:
        self.told.append(f"{here.address} {verb}")
        yield self


def language_of(run: Run, procedure: Procedure) -> Expressions:
    return Expressions(lambda: run.clock)


class World:
    """One world in a folder."""

    def __init__(
        self,
        root: Path,
        *,
        replies: Mapping[str, Reply | list[Reply | None] | None] | None = None,
        commands: Mapping[str, str] | None = None,
        writer: Writer | None = None,
        verifier: Verifier | None = None,
        failpoint: Failpoint = nowhere,
    ) -> None:
        self.root = root
        self.documents = Folder(root / "garden")
        self.documents.root.mkdir(parents=True, exist_ok=True)
        self.tables = Tables(root / "data")
        self.records = RunRecords(self.tables)
        self.leases = LockLeases(root / "data", f"{os.getpid()}-{id(self)}")
        self.calls = Functions(root, failpoint)
        self.person = People(replies or {})
        self.clock = Clock()
        self.commands = Book(commands or {})
        self.tracing = Spans()
        self.ports = Ports(
            documents=self.documents,
            calls=self.calls,
            person=self.person,
            commands=self.commands,
            language=language_of,
            clock=self.clock,
            ids=Numbered(self.records),
            notes=Shelf(root),
            tracing=self.tracing,
            leases=self.leases,
            writer=writer,
            verifier=verifier,
        )
        self.failpoint = failpoint

    @property
    def engine(self) -> Engine:
        return Engine(self.ports, self.records, self.failpoint)

    def use(self, **ports: Any) -> None:
        self.ports = replace(self.ports, **ports)

    def run(self, text: str, terms: Terms | None = None, **arguments: Any) -> Run:
        """Begin a run of a text, and carry it on until it ends or waits."""
        return last(self.engine.start(procedure(text), arguments, terms))

    def resume(self, run_id: str) -> Run:
        return last(self.engine.resume(run_id))

    def path(self, run_id: str) -> list[str]:
        """`1 Read`, `2 Set` … as they are on record."""
        return [f"{row.address} {row.verb}" for row in self.records.steps(run_id)]

    def close(self) -> None:
        self.leases.close()
        self.tables.close()


def last(events: Iterator[RunEvent]) -> Run:
    """The run as the last event has it."""
    runs = [event.run for event in events if isinstance(event, RunChanged)]
    return runs[-1]


MakeWorld = Callable[..., World]
