"""Which modules may touch the file system, and what of it: everything else goes by the walls.

A user's files have one door, `pmagent/permissions/walls.py`. What a module here may touch is
written beside its name, and is never a garden's files, save for the walls themselves. A tool
has no place in this list: it is handed the walls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pmagent

PACKAGE = Path(pmagent.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

WALLS = "the walls: a user's files, by descriptor"
INDEX = "the index in the garden's data folder"
WEIGHTS = "the embedder's weights in the cache"
JOURNAL = "the undo journal in the garden's data folder"
TRAIL = "the audit trail in the garden's data folder"
SANDBOX = "what a sandboxed process is given: the program, its folders and its pipes"
DOORS = {
    "permissions/openat2.py": WALLS,
    "permissions/walls.py": WALLS,
    "permissions/walls_changes.py": WALLS,
    "permissions/walls_entries.py": WALLS,
    "permissions/walls_reach.py": WALLS,
    "permissions/walls_resolve.py": WALLS,
    "permissions/walls_roots.py": WALLS,
    "permissions/walls_write.py": WALLS,
    "paths.py": "pmagent's own folders, and whether a folder is a garden",
    "store.py": "databases and locks in the data folder",
    "config.py": "settings files",
    "planting.py": "a folder that its owner makes a garden: settings and the sample's files",
    "garden.py": "whether the data folder holds an index",
    "doctor.py": "room and rights of the data folder",
    "index/engine.py": INDEX,
    "index/layout.py": INDEX,
    "index/lexical.py": INDEX,
    "index/matrix.py": INDEX,
    "index/meaning_sync.py": INDEX,
    "index/snapshot.py": INDEX,
    "index/vectors.py": INDEX,
    "index/word_sync.py": INDEX,
    "index/export.py": WEIGHTS,
    "index/onnx_graph.py": WEIGHTS,
    "index/static.py": WEIGHTS,
    "index/weights.py": WEIGHTS,
    "permissions/grants.py": "what was granted, in the person's own folders",
    "permissions/layers.py": "settings files, for their rules",
    "agency/keeping.py": "the folder of a session that is not to be kept",
    "agency/own_files.py": "the person's own instruction files, outside every garden",
    "agency/replays.py": "a replay of a model that the person names",
    "agent/moment.py": "what this computer's clock is set to: a link of the system's",
    "agent/enclosure.py": "whether the shell and a hook's program are there, for the sandbox",
    "hooks/run.py": "whether a hook's program is there, before it is started",
    "commands/folders.py": "a person's own commands and agents, and those that ship",
    "tui/memory.py": "the lines that were typed, in the data folder",
    "cli/doors.py": "the log of crashes, and the terminal",
    "cli/schema_option.py": "a JSON Schema that the person names on the command line",
    "cli/calendar_command.py": "calendar files that the person names on the command line",
    "cli/tasks_command.py": "an export of another program that the person names",
    "jobs/plans.py": "the plans that were kept, in the data folder",
    "jobs/push_records.py": "what both boards have agreed on, in the data folder",
    "cli/batch.py": "a list of questions or claims that the person names on the command line",
    "cli/named_files.py": "whether a word of the command line is a file, before a garden is opened",
    "runs/runs.py": "the records of a dry run, in a folder that goes with it",
    "runs/salt.py": "the garden's own secret, in its data folder",
    "simulations/play.py": "the records of a simulation, in a folder that goes with it",
    "simulations/shelf.py": "scenario files beside the commands, and what passed",
    "simulations/staging.py": "the command files that ship, or those of a folder that is named",
    "cli/sim_command.py": "whether a folder has commands, and the report that was asked for",
    "jobs/waivers.py": "the record of what a person let stand, in the garden's data folder",
}
"""Modules by name, and what they touch."""
ROOMS = {
    "journal/": JOURNAL,
    "sandbox/": SANDBOX,
    "hooks/bundled": "the hooks that ship with pmagent",
    "hooks/shipped/": "what a hook that ships writes; it is a program of its own, in the sandbox",
    "agent/audit": TRAIL,
    "agent/trail": TRAIL,
}
"""The same for all modules whose names begin so."""
CLOSED = ("tools/", "retrieval/", "nlp/", "types/", "ingest/", "net/")
"""Rooms in which nothing may ever be added to the list."""

_OS_CALLS = """
access chdir chmod chown fwalk getxattr lchmod lchown link listdir listxattr lstat makedirs mkdir
mkfifo mknod open readlink remove removedirs removexattr rename renames replace rmdir scandir
setxattr stat statvfs symlink truncate unlink utime walk
"""
_PATH_CALLS = """
chmod exists glob hardlink_to is_dir is_file is_mount is_symlink iterdir lchmod lstat mkdir open
read_bytes read_text readlink rename rglob rmdir samefile stat symlink_to touch unlink walk
write_bytes write_text
"""
_MODULE_CALLS = """
codecs.open io.FileIO io.open linecache.getline np.fromfile np.load np.memmap np.save np.savez
os.path.exists os.path.isdir os.path.isfile os.path.lexists os.path.realpath sqlite3.connect
"""
_NOT_PATHS = """
archive cls desk files keeping ledger models reach reviews session store talk tarfile turn walls
_call _rows
_files _garden_class() _walk _walls Index
"""
OS_CALLS = frozenset(_OS_CALLS.split())
PATH_CALLS = frozenset(_PATH_CALLS.split())
MODULE_CALLS = frozenset(_MODULE_CALLS.split())
NOT_PATHS = frozenset(_NOT_PATHS.split())
"""What such calls are made on without being a path: the walls, archives in memory, parts of us."""
WHOLE_MODULES = frozenset({"shutil", "tempfile"})


def touches(source: str) -> Iterator[str]:
    """The calls and imports of a module that touch the file system by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            is_whole = node.module in WHOLE_MODULES
            if is_whole or (node.module == "os" and names & OS_CALLS):
                yield f"from {node.module} import {', '.join(sorted(names))}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in WHOLE_MODULES | {"os"} and alias.asname:
                    yield f"import {alias.name} as {alias.asname}"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if is_touching(node, called):
                yield called


def is_touching(node: ast.Call, called: str) -> bool:
    if called == "open" or called in MODULE_CALLS:
        return True
    if not isinstance(node.func, ast.Attribute):
        return False
    on, name = ast.unparse(node.func.value), node.func.attr
    if on == "os":
        return name in OS_CALLS
    if on.partition(".")[0] in WHOLE_MODULES:
        return True
    if on.rpartition(".")[2] in NOT_PATHS:
        return False
    if name == "is_dir" and on == "item":
        return False  # of an archive in memory
    # `Path.replace` takes one argument, `str.replace` two.
    is_replace = name == "replace" and len(node.args) == 1 and not node.keywords
    return name in PATH_CALLS or is_replace


def touching() -> dict[str, list[str]]:
    found = {
        path.relative_to(PACKAGE).as_posix(): sorted(set(touches(path.read_text(encoding="utf-8"))))
        for path in MODULES
    }
    return {name: calls for name, calls in found.items() if calls}


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "import os\nos.open('x', 0)",
        "import os\nos.rename('x', 'y')",
        "from os import unlink",
        "import os as system\nsystem.remove('x')",
        "import shutil\nshutil.copytree('a', 'b')",
        "from tempfile import mkstemp",
        "from pathlib import Path\nPath('x').read_text()",
        "def f(place):\n    place.write_bytes(b'')",
        "def f(place):\n    return place.parent.open('rb')",
        "def f(place, other):\n    place.replace(other)",
        "import numpy as np\nnp.load('x')",
    ],
)
def test_a_call_that_touches_a_file_by_its_name_is_seen(source: str) -> None:
    assert list(touches(source))


@pytest.mark.parametrize(
    "source",
    [
        "'a-b'.replace('-', '_')",
        "def f(walls):\n    walls.rename('a', 'b')\n    walls.open('a', 'read')",
        "def f(self):\n    return list(self._files.walk())",
        "import os\nos.environ.get('HOME')\nos.close(3)",
        "import io\nio.BytesIO(b'')",
    ],
)
def test_a_call_that_touches_none_is_let_be(source: str) -> None:
    assert not list(touches(source))


def test_nothing_but_the_named_modules_touches_the_file_system() -> None:
    outsiders = {
        name: calls
        for name, calls in touching().items()
        if name not in DOORS and not name.startswith(tuple(ROOMS))
    }

    assert outsiders == {}


def test_no_tool_and_no_pure_part_is_ever_named() -> None:
    assert [name for name in (*DOORS, *ROOMS) if name.startswith(CLOSED)] == []


def test_every_named_module_is_there_and_touches_something() -> None:
    found = touching()

    assert [name for name in DOORS if name not in found] == []
    assert [room for room in ROOMS if not any(name.startswith(room) for name in found)] == []


def test_the_walls_alone_are_said_to_touch_a_users_files() -> None:
    named = {name for name, what in DOORS.items() if what == WALLS}

    assert all(name.startswith(("permissions/walls", "permissions/openat2")) for name in named)
