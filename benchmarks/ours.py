"""pmagent's side of the measurements that need one warm process.

python -m benchmarks.ours encode TEXTS.jsonl OUT.npy          embed; CPU seconds
python -m benchmarks.ours warm GARDEN QUESTIONS.jsonl         seconds of each, with a filter
python -m benchmarks.ours save GARDEN                         seconds from save to found
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from benchmarks.plain_chroma import read


def main() -> None:
    """Do one of the three."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does
    task, *rest = sys.argv[1:]
    {"encode": encode, "warm": warm, "save": save}[task](*rest)


def encode(texts: str, out: str) -> None:
    """Embed texts; CPU and wall seconds without loading."""
    import numpy as np

    from pmagent.config import DEFAULT_MODEL
    from pmagent.index.embed import load_embedder
    from pmagent.paths import find_homes

    rows = [row["text"] for row in read(texts)]
    embedder = load_embedder(DEFAULT_MODEL, find_homes().cache)
    embedder.embed(rows[:8])
    cpu, wall = time.process_time(), time.perf_counter()
    vectors = embedder.embed(rows)
    print(json.dumps({"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}))
    np.save(out, vectors)


def warm(root: str, questions: str) -> None:
    """Seconds of each question, first answer, with a filter on some of the files."""
    from pmagent.garden import Garden
    from pmagent.types import Query

    with Garden.open(Path(root)) as garden:
        seconds: list[float] = []
        for row in read(questions):
            query = Query(text=row["query"], within=("*2*.md",))
            began = time.perf_counter()
            garden.search(query)
            seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds[3:]))


def save(root: str) -> None:
    """Seconds from the end of a save until a question finds it, five times."""
    from pmagent.garden import Garden
    from pmagent.types import Query

    ready, stop = threading.Event(), threading.Event()
    seconds: list[float] = []
    with Garden.open(Path(root)) as writer, Garden.open(Path(root)) as reader:
        thread = threading.Thread(
            target=lambda: writer.watch(
                on_progress=lambda told: ready.set() if told.stage == "ready" else None, stop=stop
            )
        )
        thread.start()
        ready.wait(600)
        reader.search(Query(text="warm"))
        for number in range(5):
            time.sleep(2)
            word = f"quaggafish{number}"
            (Path(root) / "saved.md").write_text(f"The {word} was seen here.\n", encoding="utf-8")
            began = time.perf_counter()
            while time.perf_counter() - began < 20:
                hits = reader.search(Query(text=word)).hits
                if any(word in hit.passage.text for hit in hits):
                    break
                time.sleep(0.01)
            seconds.append(time.perf_counter() - began)
        stop.set()
        thread.join(30)
    (Path(root) / "saved.md").unlink()
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
