"""Random effects on a garden, as an agent with every tool would have them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from random import Random

from pmagent.types.actions import Checkpoint
from tests.journal.lab import Lab

LONG = "PMAGENT_CHAOS_S" in os.environ
NAMES = ("a.md", "b.md", "ü.md", "run.sh", "picture.bin", "empty", "notes", "x.y")
MODES = (0o644, 0o600, 0o755, 0o640)


def fill(lab: Lab, rng: Random) -> None:
    """A garden of about thirty files."""
    for _ in range(30):
        path = free_path(lab, rng)
        lab.put(path, text(rng))
        (lab.root / path).chmod(rng.choice(MODES))
    (lab.root / "bare" / "deep").mkdir(parents=True)


def do_one(lab: Lab, rng: Random) -> Checkpoint | None:
    """One effect with its undo point; None where it came to nothing."""
    files, folders = files_of(lab), folders_of(lab)
    kind = rng.choice(("write", "write", "edit", "edit", "rename", "delete", "folder", "command"))
    try:
        match kind:
            case "edit" if files:
                return lab.write(rng.choice(files), text(rng))
            case "rename" if files:
                return lab.rename(rng.choice(files), free_path(lab, rng))
            case "delete" if files:
                return lab.delete(rng.choice(files))
            case "folder" if folders:
                return lab.rename(rng.choice(folders), free_path(lab, rng))
            case "command":
                return lab.run(lambda: wild(lab, rng))
            case _:
                return lab.write(free_path(lab, rng), text(rng))
    except AssertionError:  # nothing changed: the same bytes were written
        return None


def wild(lab: Lab, rng: Random) -> None:
    """A command that does several things past the walls."""
    for _ in range(rng.randint(1, 4)):
        files, folders = files_of(lab), folders_of(lab)
        match rng.randrange(7):
            case 0 if folders:
                shutil.rmtree(lab.root / rng.choice(folders))
            case 1 if files:
                (lab.root / rng.choice(files)).chmod(rng.choice(MODES))
            case 2 if folders:
                (lab.root / rng.choice(folders)).chmod(rng.choice((0o755, 0o700, 0o750)))
            case 3:
                (lab.root / free_path(lab, rng)).mkdir(parents=True)
            case 4:
                # Where nothing removes it again: a link cannot be put back.
                place = lab.root / f"link-{rng.randrange(10**9)}"
                place.symlink_to(rng.choice(("/etc/hostname", "nowhere", "..")))
            case 5 if files:  # a folder in the place of a file
                place = lab.root / rng.choice(files)
                place.unlink()
                place.mkdir()
                (place / "inside.md").write_text("inside", encoding="utf-8")
            case _:
                place = lab.root / free_path(lab, rng)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(text(rng))


def text(rng: Random) -> bytes:
    """A few lines, or none, or bytes that are no text."""
    match rng.randrange(8):
        case 0:
            return b""
        case 1:
            return rng.randbytes(rng.randint(1, 4_000))
        case _:
            lines = [f"line {rng.randrange(30)}\n" for _ in range(rng.randint(1, 40))]
            return "".join(lines).encode()


def free_path(lab: Lab, rng: Random) -> str:
    """A name that is free, in a folder that may have to be made."""
    while True:
        parts = [f"d{rng.randrange(3)}" for _ in range(rng.randrange(3))]
        path = "/".join([*parts, f"{rng.randrange(40)}-{rng.choice(NAMES)}"])
        above = [lab.root.joinpath(*parts[:end]) for end in range(1, len(parts) + 1)]
        if not os.path.lexists(lab.root / path) and all(
            not os.path.lexists(place) or (place.is_dir() and not place.is_symlink())
            for place in above
        ):
            return path


def files_of(lab: Lab) -> list[str]:
    return sorted(_relative(lab, place) for place in _all(lab) if place.is_file())


def folders_of(lab: Lab) -> list[str]:
    return sorted(_relative(lab, place) for place in _all(lab) if place.is_dir())


def _all(lab: Lab) -> list[Path]:
    return [place for place in lab.root.rglob("*") if not place.is_symlink()]


def _relative(lab: Lab, place: Path) -> str:
    return str(place.relative_to(lab.root))
