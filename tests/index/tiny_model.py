"""A sentence-transformers model of a few kilobytes, with weights drawn at random."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = (
    "the", "a", "of", "we", "said", "price", "promise", "export", "offline", "train", "river",
    "bread", "guest", "asked",
)  # fmt: skip
WIDTH = 32
WIDE = 64
LAYERS = 2


def write_model(folder: Path, *, seed: int = 1, pooling: str = "mean", spread: float = 0.0) -> Path:
    """A BERT model in `folder`. `spread` above 0 makes weights int8 cannot hold."""
    folder.mkdir(parents=True, exist_ok=True)
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", ","]
    vocabulary = {piece: place for place, piece in enumerate([*marks, *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_padding(length=24)
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file(_weights(len(vocabulary), np.random.default_rng(seed), spread), folder / _WEIGHTS)
    for name, content in (
        ("config.json", {
            "model_type": "bert", "hidden_act": "gelu", "hidden_size": WIDTH,
            "num_attention_heads": 4, "num_hidden_layers": LAYERS, "intermediate_size": WIDE,
            "max_position_embeddings": 40, "vocab_size": len(vocabulary), "type_vocab_size": 2,
            "layer_norm_eps": 1e-12,
        }),
        ("sentence_bert_config.json", {"max_seq_length": 20}),
        ("modules.json", [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_P", "type": "sentence_transformers.models.Pooling"},
        ]),
        ("1_P/config.json", {
            "word_embedding_dimension": WIDTH, f"pooling_mode_{pooling}_tokens": True,
        }),
    ):  # fmt: skip
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder


_WEIGHTS = "model.safetensors"


def _weights(
    pieces: int, chance: np.random.Generator, spread: float
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    def drawn(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        values = chance.normal(0, 0.3, shape)
        return (values * np.exp(spread * chance.normal(0, 1, shape))).astype(np.float32)

    embeddings = {
        "word_embeddings": (pieces, WIDTH),
        "position_embeddings": (40, WIDTH),
        "token_type_embeddings": (2, WIDTH),
    }
    found = {f"embeddings.{name}.weight": drawn(*shape) for name, shape in embeddings.items()}
    normals = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        normals += [f"{at}.attention.output.LayerNorm", f"{at}.output.LayerNorm"]
        for name, out, into in (
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", WIDE, WIDTH),
            ("output.dense", WIDTH, WIDE),
        ):
            found[f"{at}.{name}.weight"] = drawn(out, into)
            found[f"{at}.{name}.bias"] = drawn(out)
    for name in normals:
        found[f"{name}.weight"] = np.ones(WIDTH, np.float32)
        found[f"{name}.bias"] = np.zeros(WIDTH, np.float32)
    return found
