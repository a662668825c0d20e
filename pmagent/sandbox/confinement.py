"""What one command of others may touch, and what came of running it. Values only.

A confinement is complete: what it does not name is not there. It has no network to grant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_OUTPUT_BYTES = 1_000_000
MEMORY_MB = 2048
CPU_S = 120
MAX_PROCESSES = 256
MAX_FILE_MB = 1024


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """The walls around one command. All paths are absolute."""

    folder: Path
    """The current folder: the garden. It can be read; written only where `writable` says so."""
    writable: tuple[Path, ...] = ()
    """Existing folders that can be read and written, with all below them."""
    readable: tuple[Path, ...] = ()
    """Existing folders and files that can be read, besides the system's programs."""
    hidden: tuple[Path, ...] = ()
    """Files and folders below those that look empty, are absent or are refused."""
    read_only: tuple[Path, ...] = ()
    """Paths below a writable folder that cannot be changed, nor made where they are absent."""
    environment: Mapping[str, str]
    """The whole environment: nothing is inherited."""
    timeout_s: float
    """Seconds by the clock; after them all of its processes are ended."""
    max_output_bytes: int = MAX_OUTPUT_BYTES
    """Of each of the two streams: the first half and the last half of it are kept."""
    memory_mb: int = MEMORY_MB
    """Address space of each process, and the size of the private `/tmp`."""
    cpu_s: int = CPU_S
    """Seconds of processor time of each process."""
    max_processes: int = MAX_PROCESSES
    """Processes at one time; one more ends them all."""
    max_file_mb: int = MAX_FILE_MB
    """The largest file that can be written."""


@dataclass(frozen=True, kw_only=True)
class Completed:
    """What a command left behind."""

    stdout: str
    stderr: str
    """Both with undecodable bytes replaced; where the middle was cut, a line says how much."""
    status: int
    """The exit status; negative for the signal that ended it."""
    timed_out: bool
    was_cut: bool
    """Whether part of the output was left out."""
    elapsed_s: float
