"""The ONNX graph of any sentence-transformers model, by way of torch. Run as a child process.

For the models `onnx_graph` cannot build itself. It takes most of a gigabyte of memory, which is
why it is a process of its own that ends when the file is written.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, cast

import torch
from sentence_transformers import SentenceTransformer

OPSET = 17
_SAMPLE = 12


class _LastHidden(torch.nn.Module):
    """The bare encoder: piece ids to the last hidden state, with nothing masked."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        mask = torch.ones_like(input_ids)
        return cast("torch.Tensor", self.encoder(input_ids=input_ids, attention_mask=mask)[0])


def main() -> None:
    """Write `fp32.onnx` and `tokenizer.json` of --model into --out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    out = cast("Path", arguments.out)
    model = SentenceTransformer(str(arguments.model), device="cpu", local_files_only=True)
    transformer = cast("Any", model[0])
    encoder = cast("torch.nn.Module", transformer.auto_model).eval()
    sample = torch.arange(_SAMPLE).reshape(1, -1) % 5 + 1
    with torch.no_grad():
        cast("Any", torch.onnx).export(
            _LastHidden(encoder),
            (sample,),
            str(out / "fp32.onnx"),
            dynamo=False,  # the other way needs onnxscript
            opset_version=OPSET,
            input_names=["input_ids"],
            output_names=["hidden"],
            dynamic_axes={name: {0: "batch", 1: "pieces"} for name in ("input_ids", "hidden")},
        )
    transformer.tokenizer.backend_tokenizer.save(str(out / "tokenizer.json"))


if __name__ == "__main__":
    main()
