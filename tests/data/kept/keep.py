"""Writes down what this version makes of models, for later versions to read.

    python tests/data/kept/keep.py

A folder for each version that was released holds `models.json`, a line for each model with its description and its
numbers; `models.pickle`, the same models in the same order; and `fixture.json`, the course fixture of a small network.
Together they use every argument of every layer. The folder of a version that is out is never written again.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from typing import Any, NamedTuple

import attrs
from hypothesis import HealthCheck, given, settings

import paramcalc
from paramcalc import (
    GAP,
    GRU,
    LSTM,
    Add,
    Bidirectional,
    Conv2D,
    Dense,
    Embedding,
    GroupNorm,
    GRUCell,
    Input,
    Layer,
    LSTMCell,
    Model,
    Pool,
    ReversibleEmbedding,
    SimpleRNN,
    SimpleRNNCell,
    zoo,
)
from paramcalc.grading import to_fixture

sys.path.insert(0, str(Path(__file__).parents[2]))
from strategies import LAYERS

HERE = Path(__file__).parent
CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

# Arguments that the random layers of the tests never give
MORE: dict[type[Layer], tuple[Layer, Any]] = {
    GRU: (GRU(2, activation="relu"), (3, 4)),
    GRUCell: (GRUCell(2, activation="relu"), (4,)),
    GroupNorm: (GroupNorm(2, axis=1), (4, 3)),
    LSTM: (LSTM(2, activation="relu"), (3, 4)),
    LSTMCell: (LSTMCell(2, activation="relu"), (4,)),
    ReversibleEmbedding: (ReversibleEmbedding(9, 4, lora_rank=2, lora_alpha=1.5), (5,)),
    SimpleRNN: (SimpleRNN(2, activation="relu"), (3, 4)),
    SimpleRNNCell: (SimpleRNNCell(2, activation="relu"), (4,)),
}


class Kept(NamedTuple):
    """A model, and an input shape for which its numbers are written down."""

    model: Model
    in_shape: Any

    def line(self) -> str:
        model, in_shape = self
        facts = {
            "in_shape": in_shape,
            "output_shape": model.output_shape(in_shape),
            "weights": [[weight.name, weight.shape, weight.trainable] for weight in model.weights(in_shape)],
            "params": model.params(in_shape),
            "macs": model.macs(in_shape),
            "connections": model.connections(in_shape),
            "model": model.to_dict(),
        }
        return json.dumps(facts, ensure_ascii=False)


def of_layer(kind: type[Layer], strategy: Any) -> list[Kept]:
    """A few short layers of a class, such that each argument of its own is given in one of them."""
    cases: list[Any] = [MORE[kind]] if kind in MORE else []

    @settings(max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=CHECKS)
    @given(strategy)
    def collect(case: Any) -> None:
        cases.append(case)

    collect()
    found = [Kept(Model([layer]), in_shape) for layer, in_shape in cases]
    own = attrs.fields(kind)[len(attrs.fields(Layer)) :]
    arguments = {field.alias for field in own if field.init}
    chosen: list[Kept] = []
    for one in sorted(found, key=lambda one: (len(one.line()), one.line())):
        given_here = {name for name, _ in one.model[0]._arguments()}
        if not chosen or given_here & arguments:
            arguments -= given_here
            chosen.append(one)
    if arguments:
        raise SystemExit(f"{kind.__name__}: no example gives {', '.join(sorted(arguments))}")
    return chosen


def networks() -> list[Kept]:
    """Chains, graphs, models in models, shared and tied weights, and several inputs and outputs."""
    chain = Model([Input((8, 8, 3)), Conv2D(4, 3), Pool(2), GAP(), Dense(2)], name="chain")
    left, right = Input((6, 4))(), Input((6, 4), name="right")()
    shared = Bidirectional(LSTM(2, return_sequences=True, return_state=True)).place()
    sequence, forward, *_ = shared(left)
    graph = Model(inputs=[right, left], outputs=[Add()(sequence, shared(right)[0]), forward], trainable=False)
    tokens = Input((5,))()
    embedded = Embedding(9, 4, name="tokens")(tokens)
    head = Model([Dense(4), Dense(9, use_bias=False, name="out")], name="head")
    tied = Model(inputs=tokens, outputs=head(embedded), tied=[("tokens/embeddings", "head/out/kernel")])
    nested = Model([Model([Model([Dense(3)]), Dense(3, name="last")]), Dense(1)], in_shape=(2,))
    found = [Kept(model, model.in_shape) for model in (chain, graph, tied, nested)]
    return [*found, Kept(Model([Conv2D(4, 3)], in_shape=(None, None, 3)), (8, 9, 3))]


def write(folder: Path) -> None:
    """The files of this version."""
    kept = [each for kind, strategy in LAYERS.items() for each in of_layer(kind, strategy)] + networks()
    folder.mkdir(exist_ok=True)
    lines = ",\n".join(each.line() for each in kept)
    (folder / "models.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    (folder / "models.pickle").write_bytes(pickle.dumps([each.model for each in kept], protocol=4))
    rows = ",\n".join(json.dumps(row) for row in to_fixture(zoo.lenet5()))
    (folder / "fixture.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    write(HERE / paramcalc.__version__)
