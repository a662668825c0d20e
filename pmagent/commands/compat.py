"""Reads a folder of somebody else's commands, agents, hooks and settings: what works here.

Nothing is run, nothing written, and no link is followed out of the folder.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.commands.compat_json import judge_json
from pmagent.commands.compat_kinds import FOREIGN_RULES, Guess, Surroundings, guess_kind
from pmagent.commands.compat_markdown import judge_markdown
from pmagent.commands.compat_notes import LOOP_TOOLS, Here
from pmagent.commands.folders import Folder, Mark
from pmagent.commands.manifest import MANIFEST, read_manifest
from pmagent.errors import PmagentError
from pmagent.types.commands import CompatRow

__all__ = ["LOOP_TOOLS", "Here", "survey"]

_ENDINGS = (".md", ".mdc", ".json")
OUTSIDE = "it is a link that leads out of this folder, and is not followed"


def survey(folder: Folder, here: Here, *, root_name: str = "") -> Sequence[CompatRow]:
    """One row for each file that is a command, a skill, an agent, settings and so on, by path.

    `root_name` is what the folder is called: in one called `commands` the files are commands.
    """
    marks = [mark for mark in folder.files() if _may_be_ours(mark.path)]
    paths = [mark.path for mark in marks]
    around = Surroundings(
        root_name=root_name,
        skills=frozenset(
            path.rpartition("/")[0] for path in paths if path.lower().endswith("/skill.md")
        ),
        plugins=_plugins(folder, paths, root_name),
    )
    rows = [_judged(folder, mark, guess_kind(mark.path, around), here) for mark in marks]
    return [row for row in rows if row is not None]


def _may_be_ours(path: str) -> bool:
    file = path.rpartition("/")[2]
    return file.lower().endswith(_ENDINGS) or file in FOREIGN_RULES


def _plugins(folder: Folder, paths: Sequence[str], root_name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        if path != MANIFEST and not path.endswith(f"/{MANIFEST}"):
            continue
        root = path.removesuffix(MANIFEST).rstrip("/")
        try:
            manifest = read_manifest(folder.read(path))
        except PmagentError:
            manifest = None
        named = manifest.name if manifest else ""
        found[root] = named or root.rpartition("/")[2] or root_name
    return found


def _judged(folder: Folder, mark: Mark, guess: Guess | None, here: Here) -> CompatRow | None:
    if guess is None:
        return None
    if mark.leads_outside:
        return _unreadable(mark.path, guess, OUTSIDE)
    try:
        data = folder.read(mark.path)
    except PmagentError as exc:
        return _unreadable(mark.path, guess, exc.message)
    if mark.path.lower().endswith(".json"):
        return judge_json(mark.path, data, guess)
    return judge_markdown(mark.path, data, guess, here)


def _unreadable(path: str, guess: Guess, why: str) -> CompatRow | None:
    if guess.kind is None or not guess.is_sure:
        return None
    return CompatRow(
        path=path, kind=guess.kind, name=guess.name, standing="unreadable", notes=(why,)
    )
