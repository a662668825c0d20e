"""ONNX graphs of BERT models, built from their safetensors without torch, and their int8 form.

A graph takes `input_ids` (batch, pieces) and gives `hidden` (batch, pieces, dim): the last hidden
state. There is no attention mask: a batch holds texts of one length, so none is padded. That is
what lets the runtime use its flash attention, and makes a text's vector the same in any company.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

INPUT = "input_ids"
OUTPUT = "hidden"
OPSET = 17
IR_VERSION = 9
CUSTOM = "com.microsoft"
TABLE_ROWS = 1_000
"""A gathered matrix of at least so many rows is an embedding table, kept in int8 by row."""
LEVELS = 127
STORED_BYTES = 4_096

Floats = NDArray[np.float32]
_FLOAT_KINDS = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}
_make_node = cast("Callable[..., onnx.NodeProto]", helper.make_node)
_WEIGHT_INPUT = {"MatMul": 1, "Gather": 0}


class SafeTensors(Mapping[str, Floats]):
    """The float tensors of a safetensors file as float32, each read when it is asked for.

    Raises:
        ValueError: the file is not of that kind.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            if size > path.stat().st_size:
                raise ValueError(f"{path} is not a safetensors file")
            entries = cast("dict[str, dict[str, object]]", json.loads(stream.read(size)))
        self._start = 8 + size
        self._entries = {
            name.removeprefix("bert."): entry
            for name, entry in entries.items()
            if entry.get("dtype") in _FLOAT_KINDS
        }

    def __getitem__(self, name: str) -> Floats:
        entry = self._entries[name]
        kind = np.dtype(_FLOAT_KINDS[cast("str", entry["dtype"])])
        start, end = cast("list[int]", entry["data_offsets"])
        shape = cast("list[int]", entry["shape"])
        values = np.fromfile(
            self._path, kind, (end - start) // kind.itemsize, offset=self._start + start
        ).reshape(shape)
        if kind == np.uint16:  # bfloat16 is the upper half of a float32
            return (values.astype(np.uint32) << 16).view(np.float32)
        return values.astype(np.float32, copy=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def can_build(config: Mapping[str, object]) -> bool:
    """Whether `config.json` describes a plain BERT encoder, which `build_bert` knows."""
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder")
    )


def build_bert(config: Mapping[str, object], weights: Mapping[str, Floats], path: Path) -> None:
    """Write the float32 graph of a BERT encoder to `path`, its matrices to a file beside it.

    Kept apart, a matrix is in memory once and not four times while the graph is made and saved.

    Raises:
        KeyError: a weight is missing.
    """
    with path.with_suffix(".bin").open("wb") as store:
        model = _Builder(weights, config, store).model()
    path.write_bytes(model.SerializeToString())


def quantise(source: Path, target: Path) -> None:
    """Write the graph with int8 weights, one scale a column; products quantise their input.

    Embedding tables keep one scale a row. GELU becomes its tanh form, whose error is far below
    that of int8: a twentieth less time.
    """
    model = onnx.ModelProto()
    model.ParseFromString(source.read_bytes())
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    used: dict[str, int] = {}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        place = _WEIGHT_INPUT.get(node.op_type, -1)
        tensor = tensors.get(node.input[place]) if place >= 0 else None
        if node.op_type == "BiasGelu":
            node.op_type = "FastGelu"
        if tensor is None or not _is_worth_it(node.op_type, tensor):
            nodes.append(node)
        elif node.op_type == "MatMul":
            used[tensor.name] = 0
            nodes.append(_quantised_product(node, tensor.name))
        else:
            used[tensor.name] = 1
            nodes.extend(_quantised_table(node, tensor.name))
    constants: list[onnx.TensorProto] = []
    for name, tensor in tensors.items():
        values = numpy_helper.to_array(tensor, str(source.parent))
        constants += _in_int8(name, values, used[name]) if name in used else [_tensor(name, values)]
    opsets = {item.domain: item for item in model.opset_import}
    opsets.setdefault(CUSTOM, helper.make_opsetid(CUSTOM, 1))
    graph = helper.make_graph(
        nodes, model.graph.name, list(model.graph.input), list(model.graph.output), constants
    )
    small = helper.make_model(
        graph, opset_imports=list(opsets.values()), ir_version=model.ir_version
    )
    target.write_bytes(small.SerializeToString())


class _Builder:
    """Gathers the nodes and constants of one BERT graph."""

    def __init__(
        self, weights: Mapping[str, Floats], config: Mapping[str, object], store: BinaryIO
    ) -> None:
        self._weights = weights
        self._store = store
        self._heads = cast("int", config["num_attention_heads"])
        self._layers = cast("int", config["num_hidden_layers"])
        self._width = cast("int", config["hidden_size"])
        self._epsilon = cast("float", config.get("layer_norm_eps", 1e-12))
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """The whole graph."""
        values = self._embeddings()
        for layer in range(self._layers):
            values = self._layer(f"encoder.layer.{layer}.", values)
        self._nodes[-1].output[0] = OUTPUT
        pieces: list[str | int | None] = ["batch", "pieces"]
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info(INPUT, TensorProto.INT64, pieces)],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [*pieces, self._width])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CUSTOM, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def _embeddings(self) -> str:
        kinds = self._weights["embeddings.token_type_embeddings.weight"]
        # Only the first kind of text occurs, so its vector is part of every position's.
        places = self._weights["embeddings.position_embeddings.weight"] + kinds[0]
        words = self._node("Gather", [self._constant("embeddings.word_embeddings.weight"), INPUT])
        length = self._node("Shape", [INPUT], start=1, end=2)
        bounds = [self._put("zero", np.zeros(1, np.int64)), length]
        here = self._node("Slice", [self._put("places", places), *bounds, bounds[0]])
        return self._normal("embeddings.LayerNorm", self._node("Add", [words, here]))

    def _layer(self, at: str, values: str) -> str:
        own = f"{at}attention.self."
        parts = ("query", "key", "value")
        bias = np.concatenate([self._weights[f"{own}{part}.bias"] for part in parts])
        attended = self._node(
            "MultiHeadAttention",
            [*(self._product(own + part, values) for part in parts), self._put(f"{own}bias", bias)],
            domain=CUSTOM,
            num_heads=self._heads,
        )
        said = self._sum(f"{at}attention.output.dense", attended, values)
        values = self._normal(f"{at}attention.output.LayerNorm", said)
        wide = self._product(f"{at}intermediate.dense", values)
        bias_name = self._constant(f"{at}intermediate.dense.bias")
        wide = self._node("BiasGelu", [wide, bias_name], domain=CUSTOM)
        return self._normal(f"{at}output.LayerNorm", self._sum(f"{at}output.dense", wide, values))

    def _sum(self, name: str, values: str, carried: str) -> str:
        """A product with its bias, and what is carried past it."""
        biased = self._node("Add", [self._product(name, values), self._constant(f"{name}.bias")])
        return self._node("Add", [biased, carried])

    def _product(self, name: str, values: str) -> str:
        weight = self._put(f"{name}.weight", self._weights[f"{name}.weight"].T)
        return self._node("MatMul", [values, weight])

    def _normal(self, name: str, values: str) -> str:
        # Not SkipLayerNormalization: six times slower on the processors measured.
        scale, shift = self._constant(f"{name}.weight"), self._constant(f"{name}.bias")
        return self._node(
            "LayerNormalization", [values, scale, shift], axis=-1, epsilon=self._epsilon
        )

    def _constant(self, name: str) -> str:
        return self._put(name, self._weights[name])

    def _put(self, name: str, values: NDArray[np.generic]) -> str:
        """Keep a constant: a matrix in the store, what is small in the graph itself."""
        if values.nbytes < STORED_BYTES:
            self._constants.append(_tensor(name, values))
            return name
        tensor = onnx.TensorProto(
            name=name,
            data_type=TensorProto.FLOAT,
            dims=values.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, value in (
            ("location", Path(self._store.name).name),
            ("offset", self._store.tell()),
            ("length", values.nbytes),
        ):
            tensor.external_data.add(key=key, value=str(value))
        self._store.write(np.ascontiguousarray(values).data)
        self._constants.append(tensor)
        return name

    def _node(
        self, kind: str, inputs: Sequence[str], *, domain: str = "", **attributes: int | float
    ) -> str:
        output = f"{kind}_{len(self._nodes)}"
        self._nodes.append(_make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output


def _is_worth_it(kind: str, tensor: onnx.TensorProto) -> bool:
    if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2:
        return False
    return kind == "MatMul" or tensor.dims[0] >= TABLE_ROWS


def _in_int8(name: str, values: Floats, axis: int) -> list[onnx.TensorProto]:
    """The matrix as int8 and its scales: value = int8 * scale, the largest of the axis at 127."""
    largest = np.maximum(
        values.max(axis=axis, keepdims=True), -values.min(axis=axis, keepdims=True)
    )
    scales = np.where(largest > 0, largest / np.float32(LEVELS), np.float32(1))
    small = values / scales
    np.rint(small, out=small)
    return [
        _tensor(f"{name}.int8", small.astype(np.int8)),
        _tensor(f"{name}.scale", scales.reshape(-1) if axis == 0 else scales),
    ]


def _tensor(name: str, values: NDArray[np.generic]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(values), name)


def _quantised_product(node: onnx.NodeProto, name: str) -> onnx.NodeProto:
    inputs = [node.input[0], f"{name}.int8", f"{name}.scale"]
    return helper.make_node(
        "DynamicQuantizeMatMul", inputs, list(node.output), node.name, domain=CUSTOM
    )


def _quantised_table(node: onnx.NodeProto, name: str) -> list[onnx.NodeProto]:
    rows, floats, scales = (f"{node.name}.{part}" for part in ("rows", "floats", "scales"))
    return [
        helper.make_node("Gather", [f"{name}.int8", node.input[1]], [rows], rows),
        helper.make_node("Cast", [rows], [floats], floats, to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}.scale", node.input[1]], [scales], scales),
        helper.make_node("Mul", [floats, scales], list(node.output), node.name),
    ]
