"""Speed and memory, beside plain sentence-transformers and Chroma in the same run.

`make bench-speed`. Takes about twenty minutes on two cores, most of it embedding the archive once.
Both sides use two threads. CPU seconds stand beside wall seconds; medians of three or five runs.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Run, clean_env, median, middle, percentile, python, run
from benchmarks.places import find_data

SAMPLE_TEXTS = 320
FIRST_PAINT_S = 15.0


def main() -> None:
    """Measure everything and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, help="keep the garden and its index here")
    chosen = options.parse_args()
    data = find_data()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        home = (chosen.home or work / "home").absolute()
        home.mkdir(parents=True, exist_ok=True)
        env = clean_env(home)
        root = home / "speed-garden"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(data.archive, root)
        subprocess.run(["chmod", "-R", "u+w", str(root)], check=True)
        print(f"{'measure':<44}{'pmagent':>22}{'plain':>22}{'ratio':>8}{'target':>10}")
        run(pm("init", str(root)), env=env)
        index(root, env)
        texts = write_texts(root, work)
        throughput(texts, work, env)
        cold(root, work, env)
        warm(root, data.queries, work, env)
        saved(root, env)
        small(root, env)


def pm(*arguments: str) -> list[str]:
    """A pmagent command."""
    return python("-m", "pmagent", *arguments)


def row(name: str, ours: str, plain: str = "", ratio: str = "", target: str = "") -> None:
    """One line of the table, at once."""
    print(f"{name:<44}{ours:>22}{plain:>22}{ratio:>8}{target:>10}", flush=True)


def index(root: Path, env: dict[str, str]) -> None:
    """Words, then everything; the model is made first, as on every machine once."""
    made = run(pm("index", "--garden", str(warm_up(root, env))), env=env, watch_memory=True)
    row("model made, once a machine", times(made), "", "", "")
    row("  peak memory, largest process | tree", megabytes(made))
    words = run(pm("index", "--words-only", "--garden", str(root)), env=env, watch_memory=True)
    row("archive searchable by words", times(words), "", "", "<= 15 s")
    whole = run(pm("index", "--json", "--garden", str(root)), env=env, watch_memory=True)
    embedded = json.loads(whole.out)["data"]["embedded"]
    row(f"the rest: {embedded:,} windows by meaning, Chroma", times(whole))
    peak = max(words, whole, key=lambda item: item.peak_tree_mb)
    row("  peak memory while indexing, largest | tree", megabytes(peak), "", "", "<= 400 MB")
    again = run(pm("index", "--garden", str(root)), env=env)
    row("index again, nothing changed", times(again))


def warm_up(root: Path, env: dict[str, str]) -> Path:
    """A garden of one file, so that making the model is measured by itself."""
    tiny = root.parent / "tiny"
    shutil.rmtree(tiny, ignore_errors=True)
    tiny.mkdir()
    (tiny / "a.md").write_text("One sentence about pricing.\n", encoding="utf-8")
    run(pm("init", str(tiny)), env=env)
    return tiny


def write_texts(root: Path, work: Path) -> Path:
    """200-word pieces of the transcripts, as a user would cut them."""
    rows: list[dict[str, str]] = []
    for path in sorted(root.glob("transcripts/**/*.md")):
        words = path.read_text(encoding="utf-8").split()
        rows += [
            {"path": path.name, "text": " ".join(words[start : start + 200])}
            for start in range(0, len(words), 200)
        ]
    (work / "all.jsonl").write_text("".join(json.dumps(item) + "\n" for item in rows), "utf-8")
    step = max(1, len(rows) // SAMPLE_TEXTS)
    chosen = rows[::step][:SAMPLE_TEXTS]
    texts = work / "texts.jsonl"
    texts.write_text("".join(json.dumps(item) + "\n" for item in chosen), encoding="utf-8")
    return texts


def throughput(texts: Path, work: Path, env: dict[str, str]) -> None:
    """Passages per CPU second, in turn, three times; and whether the vectors are the same."""
    import numpy as np

    ours: list[float] = []
    plain: list[float] = []
    for _ in range(3):
        for module, kept in (("benchmarks.ours", ours), ("benchmarks.plain_chroma", plain)):
            out = work / f"{module}.npy"
            done = run(python("-m", module, "encode", str(texts), str(out)), env=env)
            kept.append(SAMPLE_TEXTS / json.loads(done.out)["cpu_s"])
    a, b = np.load(work / "benchmarks.ours.npy"), np.load(work / "benchmarks.plain_chroma.npy")
    cosine = float((a * b).sum(1).mean())
    row(
        "200-word passages embedded per CPU second",
        f"{median(ours):.1f}",
        f"{median(plain):.1f}",
        f"{median(ours) / median(plain):.2f}x",
        ">= 2.3x",
    )
    row("  cosine between the two, mean", f"{cosine:.4f}", "", "", ">= .985")


def cold(root: Path, work: Path, env: dict[str, str]) -> None:
    """A new process to its first answer by meaning."""
    store = work / "chroma"
    make_store(work, store, env)
    question = "older gpus were not really built for deep learning"
    ours = middle([
        run(pm("where", "--fast", "--json", "--garden", str(root), question), env=env)
        for _ in range(3)
    ])
    closer = middle([
        run(pm("where", "--json", "--garden", str(root), question), env=env) for _ in range(3)
    ])
    asked = python("-m", "benchmarks.plain_chroma", "ask", str(store), question)
    plain = middle([run(asked, env=env) for _ in range(3)])
    row(
        "cold process to first answer by meaning",
        times(ours),
        times(plain),
        ratio(plain, ours),
        ">= 15x",
    )
    row("  the same with the closer look", times(closer), "", ratio(plain, closer))


def make_store(work: Path, store: Path, env: dict[str, str]) -> None:
    """The plain store over the whole archive, filled with random unit vectors.

    Its speed is that of real ones, and embedding it plainly would take an hour.
    """
    import numpy as np

    count = sum(1 for _ in (work / "all.jsonl").open(encoding="utf-8"))
    vectors = np.random.default_rng(0).normal(size=(count, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.save(work / "random.npy", vectors)
    run(
        python(
            "-m",
            "benchmarks.plain_chroma",
            "build",
            str(store),
            str(work / "all.jsonl"),
            str(work / "random.npy"),
        ),
        env=env,
    )


def warm(root: Path, queries: Path, work: Path, env: dict[str, str]) -> None:
    """Questions in a warm process, with a filter on the files whose name holds a 2."""
    ours = json.loads(
        run(python("-m", "benchmarks.ours", "warm", str(root), str(queries)), env=env).out
    )
    plain = json.loads(
        run(
            python("-m", "benchmarks.plain_chroma", "warm", str(work / "chroma"), str(queries)),
            env=env,
        ).out
    )
    a, b = percentile(ours, 0.95), percentile(plain, 0.95)
    row(
        "warm question with a filter, p95",
        f"{a * 1000:.0f} ms",
        f"{b * 1000:.0f} ms",
        f"{b / a:.1f}x",
        "<= 80 ms",
    )
    row("  median", f"{median(ours) * 1000:.0f} ms", f"{median(plain) * 1000:.0f} ms")


def saved(root: Path, env: dict[str, str]) -> None:
    """A file saved until it is found."""
    seconds = json.loads(run(python("-m", "benchmarks.ours", "save", str(root)), env=env).out)
    row("one file saved until found, median", f"{median(seconds):.2f} s", "", "", "<= 1 s")


def small(root: Path, env: dict[str, str]) -> None:
    """The version, and the application's first frame."""
    version = middle([run(pm("--version"), env=env) for _ in range(5)])
    row("pmagent --version", times(version), "", "", "<= .12 CPU")
    frames = sorted(first_frame(root, env) for _ in range(5))
    cpu, wall, memory = frames[2]
    row("application's first frame", f"{cpu:.2f} CPU s | {wall:.2f} s", "", "", "<= .30 CPU")
    row("  memory then", f"{memory:.0f} MB")


def first_frame(root: Path, env: dict[str, str]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and MB of the application when its first frame is on screen."""
    began = time.perf_counter()
    pid, screen = pty.fork()
    if pid == 0:
        os.chdir(root)
        command = pm()
        os.execve(
            command[0], command, {**env, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "32"}
        )
    seen = b""
    while time.perf_counter() - began < FIRST_PAINT_S and b"pmagent" not in seen:
        if select.select([screen], [], [], 0.01)[0]:
            seen += os.read(screen, 65536)
    wall = time.perf_counter() - began
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(screen)
    return cpu, wall, memory


def times(done: Run) -> str:
    """CPU and wall seconds."""
    return f"{done.cpu_s:.2f} CPU s | {done.wall_s:.2f} s"


def megabytes(done: Run) -> str:
    """Memory of the largest process and of all together."""
    return f"{done.peak_one_mb:.0f} | {done.peak_tree_mb:.0f} MB"


def ratio(plain: Run, ours: Run) -> str:
    """How many times faster, by CPU seconds and by wall."""
    return f"{plain.wall_s / ours.wall_s:.1f}x"


if __name__ == "__main__":
    main()
