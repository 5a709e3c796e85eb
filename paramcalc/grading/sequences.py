"""Mistakes in what works on sequences: recurrent layers, embeddings, attention.

Knows: what people mix up about steps, gates, directions and heads. Must not know: which answer is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from paramcalc.grading.mistakes import mistake
from paramcalc.grading.outcomes import Example, Outcome, Reading
from paramcalc.grading.sentences import kernels_and_biases
from paramcalc.layers.attention import MultiHeadAttention
from paramcalc.layers.conv_lstm import ConvLSTM
from paramcalc.layers.embedding import Embedding
from paramcalc.layers.recurrent import GRU, LSTM, RNN, Recurrent, SimpleRNN
from paramcalc.layers.wrappers import Bidirectional
from paramcalc.shapes import one_by_one, product

WORDS = (250, 16)


@mistake(
    "params",
    on=(LSTM, GRU),
    examples=(Example(LSTM(32), (10, 16), 1_568), Example(Bidirectional(LSTM(64)), WORDS, 10_368)),
    spreads=True,
)
def no_gates(layer: LSTM | GRU, in_shape: Any) -> Iterator[Outcome]:
    """A plain recurrent layer."""
    yield Reading(SimpleRNN(layer.units, use_bias=layer.use_bias), one_by_one(in_shape)[0])


@mistake("params", on=(LSTM,), examples=(Example(LSTM(32), (10, 16), 4_704),))
def three_gates(layer: LSTM, in_shape: Any) -> Iterator[Outcome]:
    """The input, forget and output gates, without the candidate of the cell."""
    yield Reading(GRU(layer.units, use_bias=layer.use_bias, reset_after=False), one_by_one(in_shape)[0])


@mistake("params", on=(Recurrent,), examples=(Example(SimpleRNN(50), (10, 1), 150),))
def recurrent_vector(layer: Recurrent, in_shape: Any) -> Iterator[Outcome]:
    """One weight from each unit to itself."""
    recurrent = layer.weights(in_shape)[1]
    yield layer.params(in_shape) - recurrent.size + recurrent.shape[-1]


@mistake(
    "params",
    on=(Recurrent,),
    examples=(
        *(Example(LSTM(64), (20, 8), wrong) for wrong in (2_304, 2_048)),
        Example(GRU(64), (20, 8), 1_728),
        Example(SimpleRNN(50), (10, 1), 100),
    ),
)
def no_recurrent_kernel(layer: Recurrent, in_shape: Any) -> Iterator[Outcome]:
    """What sees the input alone, with or without biases."""
    yield from _one_kernel(layer, in_shape, 0)


@mistake("params", on=(Recurrent,), examples=tuple(Example(LSTM(32), (10, 16), wrong) for wrong in (4_224, 4_096)))
def no_input_kernel(layer: Recurrent, in_shape: Any) -> Iterator[Outcome]:
    """What sees the state alone, with or without biases."""
    yield from _one_kernel(layer, in_shape, 1)


def _one_kernel(layer: Recurrent, in_shape: Any, position: int) -> Iterator[Outcome]:
    kernels, biases = kernels_and_biases(layer, in_shape)
    for bias in biases:
        yield kernels[position].size + bias.size
        yield kernels[position].size + bias.shape[-1]
    yield kernels[position].size


@mistake(
    "params",
    "output_shape",
    on=(Recurrent,),
    examples=(Example(LSTM(32), (10, 16), 1_080), Example(LSTM(32), (10, 16), (10,))),
)
def units_for_steps(layer: Recurrent, in_shape: Any) -> Iterator[Outcome]:
    """As many units as time steps."""
    steps = one_by_one(in_shape)[0][0]
    if steps is not None:
        yield Reading(attrs.evolve(layer, units=steps), one_by_one(in_shape)[0])


@mistake("params", on=(Recurrent,), examples=(Example(LSTM(32), (10, 16), 62_720),))
def counted_for_each_step(layer: Recurrent, in_shape: Any) -> Iterator[Outcome]:
    """Weights of its own for each time step."""
    steps = one_by_one(in_shape)[0][0]
    if steps is not None:
        yield layer.params(in_shape) * steps


@mistake("params", on=(SimpleRNN, LSTM), examples=(Example(LSTM(32), (10, 16), 6_400),), spreads=True)
def two_biases(layer: Recurrent, in_shape: Any) -> Iterator[Outcome]:
    """A bias behind each of the two matrices, as in PyTorch."""
    biases = sum(weight.size for weight in kernels_and_biases(layer, in_shape)[1])
    if biases:
        yield layer.params(in_shape) + biases


@mistake(
    "params",
    on=(GRU,),
    examples=(
        Example(Bidirectional(GRU(32)), (10, 16), 9_408),
        Example(GRU(32, reset_after=False), (10, 16), 4_800),
    ),
    spreads=True,
)
def reset_after_mixed_up(layer: GRU, in_shape: Any) -> Iterator[Outcome]:
    """One bias a gate where there are two, or two where there is one."""
    yield Reading(attrs.evolve(layer, reset_after=not layer.reset_after), in_shape)


@mistake("params", on=(Bidirectional,), examples=(Example(Bidirectional(LSTM(64)), WORDS, 20_736),), spreads=True)
def one_direction(layer: Bidirectional, in_shape: Any) -> Iterator[Outcome]:
    """The layer once."""
    if layer.backward_layer is None:
        yield Reading(layer.layer, one_by_one(in_shape)[0])


@mistake("output_shape", on=(Bidirectional,), examples=(Example(Bidirectional(LSTM(64)), WORDS, (64,)),), spreads=True)
def directions_not_joined(layer: Bidirectional, in_shape: Any) -> Iterator[Outcome]:
    """What one direction gives."""
    if layer.merge_mode == "concat":
        yield Reading(attrs.evolve(layer, merge_mode="sum"), in_shape)


@mistake(
    "output_shape",
    on=(Recurrent, RNN, ConvLSTM),
    examples=(
        Example(LSTM(32, return_sequences=True), (10, 16), (32,)),
        Example(LSTM(32), (10, 16), (10, 32)),
        Example(Bidirectional(LSTM(64)), WORDS, (250, 128)),
    ),
    spreads=True,
)
def return_sequences_mixed_up(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """The last step's output where that of every step is returned, or the other way round."""
    yield Reading(attrs.evolve(layer, return_sequences=not layer.return_sequences), in_shape)


@mistake("params", on=(Embedding,), examples=(Example(Embedding(10_000, 16), (250,), 160_016),), spreads=True)
def vocabulary_plus_one(layer: Embedding, in_shape: Any) -> Iterator[Outcome]:
    """One word more than there are."""
    yield Reading(attrs.evolve(layer, input_dim=layer.input_dim + 1), in_shape)


@mistake(
    "output_shape",
    on=(Embedding,),
    examples=tuple(
        Example(Embedding(10_000, 16), (250,), wrong) for wrong in ((16,), (16, 250), (250, 10_000), (4_000,))
    ),
)
def vectors_mixed_up(layer: Embedding, in_shape: Any) -> Iterator[Outcome]:
    """One vector, the axes exchanged, a row of the vocabulary for each word, or all in a row."""
    yield (layer.output_dim,)
    yield (layer.output_dim, *in_shape)
    yield (*in_shape, layer.input_dim)
    yield (product((*in_shape, layer.output_dim)),)


@mistake(
    "output_shape",
    on=(MultiHeadAttention,),
    examples=tuple(
        Example(MultiHeadAttention(8, 64), (10, 512), wrong) for wrong in ((10, 64), (8, 10, 64), (10, 8, 64), (10, 10))
    ),
)
def inside_of_attention(layer: MultiHeadAttention, in_shape: Any) -> Iterator[Outcome]:
    """What one head gives, what all give before they are joined, or the scores."""
    query, value = one_by_one(in_shape)[0][:-1], one_by_one(in_shape)[-1][:-1]
    size = layer.key_dim if layer.value_dim is None else layer.value_dim
    yield (*query, size)
    yield (layer.num_heads, *query, size)
    yield (*query, layer.num_heads, size)
    yield (*query, *value)


@mistake(
    "params",
    on=(MultiHeadAttention,),
    examples=tuple(Example(MultiHeadAttention(8, 64), (10, 512), wrong) for wrong in (787_968, 786_432)),
)
def no_output_projection(layer: MultiHeadAttention, in_shape: Any) -> Iterator[Outcome]:
    """Query, key and value, without what joins the heads; with or without biases."""
    kernels, biases = (
        sum(weight.size for weight in part if not weight.name.startswith("attention_output"))
        for part in kernels_and_biases(layer, in_shape)
    )
    yield kernels + biases
    yield kernels


@mistake("params", on=(Embedding,), examples=(Example(Embedding(10_000, 16), (250,), 10_000),))
def vocabulary_for_params(layer: Embedding, _in_shape: Any) -> Iterator[Outcome]:
    """How many words there are."""
    yield layer.input_dim


@mistake(
    "params",
    on=(MultiHeadAttention,),
    examples=(
        Example(MultiHeadAttention(8, 64), (10, 512), 8_401_408),
        Example(MultiHeadAttention(8, 64), (10, 512), 8_404_992),
    ),
    spreads=True,
)
def heads_multiplied(layer: MultiHeadAttention, in_shape: Any) -> Iterator[Outcome]:
    """Projections of the full size for every head."""
    heads = layer.num_heads
    value_dim = None if layer.value_dim is None else heads * layer.value_dim
    yield Reading(attrs.evolve(layer, key_dim=heads * layer.key_dim, value_dim=value_dim), in_shape)
    yield heads * layer.params(in_shape)


@mistake(
    "params", on=(MultiHeadAttention,), examples=(Example(MultiHeadAttention(8, 64), (10, 512), 131_776),), spreads=True
)
def key_dim_of_all_heads(layer: MultiHeadAttention, in_shape: Any) -> Iterator[Outcome]:
    """The size of a head, taken for that of all of them together."""
    yield Reading(attrs.evolve(layer, num_heads=1), in_shape)
