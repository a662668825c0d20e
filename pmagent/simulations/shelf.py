"""The scenarios of a folder: found, read, and what is kept beside them.

The one module of simulations that opens files. It reads below the folder it is given, and writes
only golden transcripts, suggested scenarios and the list of what passed last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from pmagent.errors import ReadError, UsageError
from pmagent.paths import reason_of
from pmagent.simulations import golden
from pmagent.simulations.golden import Line
from pmagent.simulations.reading import MAX_BYTES, SUFFIX, read_scenario
from pmagent.simulations.scenario import Fixture, Scenario

PASSED = ".passed.json"
MOST_SCENARIOS = 5_000


class Shelf:
    """The scenarios below one folder, such as a garden's `simulations/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def scenarios(self, wanted: str = "") -> tuple[Scenario, ...]:
        """Those of a command, of a file, or all; by name.

        Raises:
            UsageError: one cannot be read, or nothing is called so.
        """
        found = [self.read(path) for path in self._files(wanted)]
        if wanted and not found:
            names = sorted({path.parent.name for path in self._files("")})
            listed = f"there are some of {', '.join(names)}" if names else "there are none yet"
            raise UsageError(
                f'there is no simulation of "{wanted}" in "{self.root}"',
                f'{listed}; write one: "pmagent sim suggest COMMAND"',
            )
        return tuple(found)

    def read(self, path: Path) -> Scenario:
        """One scenario. Raises UsageError."""
        shown = path.relative_to(self.root).as_posix()
        try:
            data = path.read_bytes()
            text = data[: MAX_BYTES + 1].decode("utf-8")
        except OSError as exc:
            raise UsageError(f'cannot read "{shown}": {reason_of(exc)}') from exc
        except UnicodeDecodeError as exc:
            raise UsageError(f'cannot read "{shown}": it is not UTF-8') from exc
        return read_scenario(text, name=shown.removesuffix(SUFFIX), path=shown)

    def fixture(self, scenario: Scenario, fixture: Fixture) -> bytes:
        """The bytes of a fixture: looked for in the scenario's own folder, then in those above it.

        Raises:
            ReadError: there is none within the shelf.
        """
        root = self.root.resolve()
        folder = (self.root / scenario.path).resolve().parent
        while folder == root or root in folder.parents:
            path = (folder / fixture.source).resolve()
            if root in path.parents and path.is_file():
                try:
                    return path.read_bytes()
                except OSError as exc:
                    raise ReadError(f'cannot read "{path}": {reason_of(exc)}') from exc
            folder = folder.parent
        raise ReadError(
            f'"{scenario.path}" names a fixture that is not there: "{fixture.source}"',
            f'it is looked for beside the scenario and above it, within "{self.root}"',
        )

    def contents(self, scenario: Scenario) -> Mapping[str, bytes]:
        """The files of the scenario's garden. Raises ReadError."""
        return {
            path: self.fixture(scenario, content) if isinstance(content, Fixture)
            else content.encode("utf-8", "surrogatepass")
            for path, content in scenario.garden.items()
        }  # fmt: skip

    # -- what is kept ------------------------------------------------------------------------------

    def golden(self, scenario: Scenario) -> tuple[Line, ...] | None:
        """The kept play; None where none is kept, or it is damaged."""
        path = self._beside(scenario)
        try:
            return golden.read_lines(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def keep_golden(self, scenario: Scenario, lines: Sequence[Line]) -> None:
        """Keep a play beside its scenario. Raises UsageError."""
        _write(self._beside(scenario), golden.write_lines(lines))

    def keep_suggestion(self, name: str, text: str) -> bool:
        """Write a suggested scenario; False where one of its name is there already.

        Raises:
            UsageError: it cannot be written.
        """
        path = self.root / f"{name}{SUFFIX}"
        if path.exists():
            return False
        _write(path, text)
        return True

    def passed(self) -> Mapping[str, str]:
        """The digest of everything that each scenario was played on when it passed last."""
        try:
            found = cast("object", json.loads((self.root / PASSED).read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        pairs = cast("dict[object, object]", found)
        return {str(key): str(value) for key, value in pairs.items()}

    def keep_passed(self, passed: Mapping[str, str]) -> None:
        """Keep these digests. Raises UsageError."""
        _write(self.root / PASSED, json.dumps(dict(sorted(passed.items())), indent=1) + "\n")

    def _beside(self, scenario: Scenario) -> Path:
        return self.root / f"{scenario.name}{golden.SUFFIX}"

    def _files(self, wanted: str) -> Sequence[Path]:
        found = sorted(self.root.rglob(f"*{SUFFIX}"))[:MOST_SCENARIOS]
        name = wanted.strip().removeprefix("/")
        if not name:
            return found
        own = Path(wanted).resolve() if wanted.endswith(SUFFIX) else None
        return [
            path
            for path in found
            if path.parent.name == name
            or path.relative_to(self.root).as_posix() in {name, f"{name}{SUFFIX}"}
            or path.resolve() == own
        ]


def digest_of(scenario: Scenario, contents: Mapping[str, bytes], stands_on: Sequence[str]) -> str:
    """sha256 of what a play hangs on: the scenario, its files, the texts and versions named."""
    whole = hashlib.sha256(repr(scenario).encode("utf-8", "surrogatepass"))
    for path in sorted(contents):
        whole.update(path.encode() + b"\0" + contents[path] + b"\0")
    for text in stands_on:
        whole.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise UsageError(f'cannot write "{path}": {reason_of(exc)}') from exc
