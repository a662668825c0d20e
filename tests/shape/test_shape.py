"""The house rules that a reader feels and a linter does not count."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pmagent

PACKAGE = Path(pmagent.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
HEAVY = {
    "anthropic", "chromadb", "git", "numpy", "onnx", "onnxruntime", "sentence_transformers",
    "tantivy", "textual", "tokenizers", "torch", "transformers", "watchdog",
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= LONGEST_MODULE
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_function_is_short(path: Path) -> None:
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == {}


def test_broad_excepts_stand_at_the_outer_doors_only() -> None:
    doors = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    }

    assert doors <= {
        "cli/doors.py",
        "index/sync.py",
        "tui/app.py",
        "tui/work.py",
    }


def imported_by(statement: str) -> set[str]:
    code = (
        f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import pmagent", set[str]()),
        ("import pmagent.cli.main", set[str]()),
        ("import pmagent.cli.doors", set[str]()),
        ("import pmagent.tui.app", {"textual"}),
        ("import pmagent.garden", {"numpy", "onnxruntime", "tantivy", "tokenizers"}),
        ("import pmagent.index.indexer", HEAVY - {"torch", "chromadb", "sentence_transformers"}),
    ],
)
def test_no_heavy_package_is_imported_before_it_is_needed(
    statement: str, allowed: set[str]
) -> None:
    assert imported_by(statement) & HEAVY <= allowed


def test_the_version_is_told_without_importing_the_command_line() -> None:
    code = (
        "import sys\nsys.argv = ['pmagent', '--version']\n"
        "from pmagent.__main__ import main\nmain()\n"
        "sys.exit('click' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (0, f"pmagent {pmagent.__version__}\n")
