"""Random networks: chains and graphs with merges, shared layers, models in models, several inputs and outputs."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from paramcalc import (
    GAP,
    LSTM,
    Activation,
    Add,
    BatchNorm,
    Concatenate,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Elementwise,
    Flatten,
    Input,
    Layer,
    LayerNorm,
    Model,
    Multiply,
    ParamcalcError,
    Pool,
    Reshape,
    Take,
    TimeDistributed,
    ZeroPadding,
)

starts = st.sampled_from([(8, 8, 2), (6, 8, 4), (9, 4), (12, 2), (6,), (4,)])
units = st.integers(1, 6)
plain_layers: st.SearchStrategy[Layer] = st.one_of(
    st.builds(Dense, units, use_bias=st.booleans(), trainable=st.booleans()),
    st.builds(Conv2D, units, st.integers(1, 3), padding=st.sampled_from(["valid", "same"]), use_bias=st.booleans()),
    st.builds(Conv1D, units, st.integers(1, 3), padding=st.sampled_from(["valid", "same", "causal"])),
    st.builds(Pool, st.integers(1, 2), mode=st.sampled_from(["max", "average"])),
    st.builds(ZeroPadding, st.integers(0, 2)),
    st.builds(BatchNorm, trainable=st.booleans()),
    st.builds(LayerNorm),
    st.builds(GAP, mode=st.sampled_from(["max", "average"])),
    st.builds(Flatten),
    st.builds(Dropout, st.just(0.5)),
    st.builds(Activation, st.just("relu")),
    st.builds(LSTM, units, return_sequences=st.booleans()),
    st.builds(TimeDistributed, st.builds(Dense, units)),
    st.builds(Reshape, st.sampled_from([(-1,), (-1, 2), (2, -1)])),
)
merges: st.SearchStrategy[Layer] = st.one_of(
    st.builds(Elementwise, st.sampled_from(["add", "true_divide"])),
    st.builds(Add),
    st.builds(Multiply),
    st.builds(Concatenate),
    st.builds(Concatenate, st.just(1)),
)

# They are no layers to Keras, and stand in graphs alone; each leaves an axis
operations: st.SearchStrategy[Layer] = st.sampled_from(
    [
        Elementwise("add", (None, 3)),
        Elementwise("relu"),
        Elementwise("clip", (None, 0, 6)),
        Take(-1, 2),
        Take((0, 2), -1),
    ]
)


def tried(layer: Any, *handles: Any) -> list[Any]:
    """What the layer gives out, or nothing where it does not fit."""
    try:
        given = layer(*handles)
    except ParamcalcError:
        return []
    return list(given) if isinstance(given, tuple) else [given]


@st.composite
def chains(draw: st.DrawFn, start: Any = None) -> Model:
    """Layers that fit behind each other."""
    in_shape = start or draw(starts)
    begins = draw(st.booleans())
    layers: list[Layer] = [Input(in_shape)] if begins else []
    for layer in draw(st.lists(plain_layers, min_size=1, max_size=8)):
        try:
            Model([*layers, layer], in_shape=in_shape)
        except ParamcalcError:
            continue
        layers.append(layer)
    return Model(layers or [Flatten()], in_shape=None if begins else in_shape, trainable=draw(st.booleans()))


@st.composite
def graphs(draw: st.DrawFn, depth: int = 1, start: Any = None) -> Model:
    """Layers on layers, some of them shared, some of them models."""
    inputs = [Input(start or draw(starts))() for _ in range(1 if start else draw(st.integers(1, 3)))]
    handles = list(inputs)
    shared = {rank: [draw(plain_layers).place() for _ in range(2)] for rank in range(1, 5)}
    for _ in range(draw(st.integers(1, 10))):
        kind = draw(st.sampled_from(["plain", "plain", "merge", "shared", "shared", "model"]))
        one = draw(st.sampled_from(handles))
        if kind == "plain":
            handles += tried(draw(plain_layers | operations), one)
        elif kind == "merge":
            others = [each for each in handles if each is not one and len(each.shape) == len(one.shape)]
            if others:
                handles += tried(draw(merges), one, draw(st.sampled_from(others)))
        elif kind == "shared":
            # Some of Keras's layers keep to the number of axes that they were built on
            rank = len(one.shape)
            placed = draw(st.sampled_from(shared[rank]))
            others = [each for each in handles if len(each.shape) == rank]
            handles += [given for each in (one, draw(st.sampled_from(others))) for given in tried(placed, each)]
        elif depth:
            placed = draw(graphs(depth=depth - 1, start=one.shape) | chains(one.shape)).place()
            fitting = [each for each in handles if each.shape == one.shape]
            for handle in fitting[: draw(st.integers(1, 2))]:
                handles += tried(placed, handle)
    outputs = draw(st.lists(st.sampled_from(handles[-5:]), min_size=1, max_size=4, unique_by=id))
    try:
        return Model(inputs=inputs, outputs=outputs, trainable=draw(st.booleans()))
    except ParamcalcError:
        # Shared weights that do not fit all of their inputs
        assume(False)
        raise


networks = chains() | graphs()
