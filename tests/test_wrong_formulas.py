"""What each mistake leads to, held against a formula of its own in the sizes of the layer, and where it is not made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import networks

from paramcalc import (
    GAP,
    GRU,
    LSTM,
    AdaptivePool,
    Add,
    BatchNorm,
    Bidirectional,
    Conv1D,
    Conv2D,
    Conv3D,
    ConvTranspose,
    Dense,
    DepthwiseConv,
    Dropout,
    Embedding,
    Flatten,
    Identity,
    Input,
    Layer,
    Model,
    MultiHeadAttention,
    Pool,
    ReLU,
    SeparableConv,
    SimpleRNN,
    TimeDistributed,
)
from paramcalc.grading import Mistake, diagnose
from paramcalc.grading.inside import Once, Whole
from paramcalc.grading.table import BY_NAME
from paramcalc.grading.wholes import neighbours_answer

some = st.integers(2, 9)
"""One is left out: what is multiplied by it, or raised to it, looks the same wherever it stands."""


def counts(name: str, layer: Layer, in_shape: Any) -> list[int]:
    """The counts that a mistake leads to."""
    answers = [made.answer("params") for made in BY_NAME[name].made(layer, in_shape)]
    return [answer for answer in answers if answer is not None]


def shapes(name: str, layer: Layer, in_shape: Any) -> list[Any]:
    """The shapes that a mistake leads to."""
    answers = [made.answer("output_shape") for made in BY_NAME[name].made(layer, in_shape)]
    return [answer for answer in answers if answer is not None]


# Counts


@pytest.mark.parametrize("groups", [1, 2, 3])
@given(st.tuples(*[some] * 7), st.sampled_from(["channels_last", "channels_first"]))
def test_counts_of_a_convolution(groups: int, sizes: tuple[int, ...], data_format: Any) -> None:
    rows, columns, down, right, each_in, each_out, more = sizes
    height, width = rows + 9 * down, columns + (8 + more) * right
    channels, filters = groups * each_in, groups * each_out
    layer = Conv2D(filters, (rows, columns), (down, right), groups=groups, data_format=data_format)
    in_shape = (height, width, channels) if data_format == "channels_last" else (channels, height, width)
    kernels, positions = rows * columns * each_in * filters, 10 * (9 + more)
    strided = [
        wrong
        for factor in dict.fromkeys((down * right, down))
        for wrong in (
            (kernels + filters) * factor,
            kernels * factor + filters,
            (kernels + filters) // factor,
            kernels // factor + filters,
        )
    ]
    expected = {
        "no_bias": [kernels],
        "no_input_channels": [rows * columns * filters + filters],
        "one_bias": [kernels + 1],
        "biases_alone": [filters],
        "no_weights": [0],
        "no_weight_sharing": [positions * kernels + filters, positions * (kernels + filters)],
        "bias_for_each_weight": [] if groups == 2 else [2 * kernels],
        "bias_for_each_position": [kernels + positions * filters, kernels + positions],
        "bias_for_each_input": [kernels + channels],
        "filters_left_out": [rows * columns * each_in, rows * columns * each_in + 1],
        "kernel_not_squared": [rows * each_in * filters + filters],
        "strides_counted": strided,
        "square_kernel": [side * side * each_in * filters + filters for side in dict.fromkeys((rows, columns))],
        "groups_ignored": [] if groups == 1 else [rows * columns * channels * filters + filters],
        "filters_for_params": [filters],
        "output_size_for_params": [positions * filters],
    }
    assert {name: counts(name, layer, in_shape) for name in expected} == expected


@given(st.tuples(*[some] * 5))
def test_counts_of_a_dilated_convolution(sizes: tuple[int, ...]) -> None:
    rows, columns, dilation, channels, filters = sizes
    layer = Conv2D(filters, (rows, columns), dilation_rate=dilation)
    reach = tuple(size + (size - 1) * (dilation - 1) for size in (rows, columns))
    wrong = reach[0] * reach[1] * channels * filters + filters
    assert counts("dilation_counted", layer, (*reach, channels)) == [wrong]


@given(st.integers(1, 3), st.tuples(*[some] * 4))
def test_counts_of_convolutions_of_one_channel(rank: int, sizes: tuple[int, ...]) -> None:
    kernel, channels, multiplier, filters = sizes
    in_shape = (*(9,) * rank, channels)
    separable = SeparableConv(filters, kernel, depth_multiplier=multiplier)
    depthwise = DepthwiseConv(kernel, depth_multiplier=multiplier)
    own, between = kernel**rank, channels * multiplier
    assert counts("as_plain_conv", separable, in_shape) == [own * channels * filters + filters]
    assert counts("as_plain_conv", depthwise, in_shape) == [own * channels * between + between]
    assert counts("one_step_alone", separable, in_shape) == [
        own * between, between * filters + filters, between * filters
    ]  # fmt: skip
    assert counts("depthwise_bias", separable, in_shape) == [own * between + between * filters + filters + between]


@given(st.tuples(*[some] * 4))
def test_counts_of_a_dense_layer(sizes: tuple[int, ...]) -> None:
    first, second, features, units = sizes
    layer, in_shape = Dense(units), (first, second, features)
    right = features * units + units
    expected = {
        "no_bias": [features * units],
        "one_bias": [features * units + 1],
        "bias_for_each_weight": [2 * features * units],
        "bias_for_each_input": [features * units + features],
        "counted_for_each_position": [first * second * right],
        "dense_flattens": [first * second * features * units + units],
        "added_for_multiplied": [features + units, features + 2 * units],
    }
    assert {name: counts(name, layer, in_shape) for name in expected} == expected


@pytest.mark.parametrize(
    ("mistake", "layer", "in_shape"),
    [
        ("no_bias", Dense(10, use_bias=False), (84,)),
        ("one_bias", Dense(10, use_bias=False), (84,)),
        ("strides_counted", Conv2D(8, 3), (9, 9, 3)),
        ("groups_ignored", Conv2D(8, 3), (9, 9, 3)),
        ("dense_flattens", Dense(10), (84,)),
        ("depthwise_bias", SeparableConv(8, 3, use_bias=False), (9, 9, 3)),
        ("pool_weights", Pool(2, use_scale=True), (8, 8, 3)),
        ("trained_alone", BatchNorm(), (8, 8, 3)),
    ],
)
def test_counts_are_not_wrong_where_there_is_nothing_to_get_wrong(mistake: str, layer: Layer, in_shape: Any) -> None:
    assert list(BY_NAME[mistake].made(layer, in_shape)) == []


@given(st.tuples(*[some] * 3), st.booleans())
def test_counts_of_recurrent_layers(sizes: tuple[int, ...], reset_after: bool) -> None:
    steps, features, units = sizes
    in_shape = (steps, features)
    for layer, gates, biases in (
        (SimpleRNN(units), 1, 1), (LSTM(units), 4, 1), (GRU(units, reset_after=reset_after), 3, 1 + reset_after)
    ):  # fmt: skip
        from_input, from_state, bias = gates * features * units, gates * units * units, gates * units
        expected = {
            "no_bias": [from_input + from_state],
            "recurrent_vector": [from_input + bias + biases * bias],
            "no_recurrent_kernel": [from_input + biases * bias, from_input + bias, from_input],
            "no_input_kernel": [from_state + biases * bias, from_state + bias, from_state],
            "counted_for_each_step": [steps * (from_input + from_state + biases * bias)],
            "units_for_steps": [gates * steps * (features + steps + biases)],
            "no_gates": [] if gates == 1 else [units * (features + units + 1)],
            "three_gates": [3 * units * (features + units + 1)] if gates == 4 else [],
            "two_biases": [] if gates == 3 else [from_input + from_state + 2 * bias],
            "reset_after_mixed_up": [from_input + from_state + (3 - biases) * bias] if gates == 3 else [],
        }
        assert {name: counts(name, layer, in_shape) for name in expected} == expected


@pytest.mark.parametrize(
    ("layer", "states"),
    [(SimpleRNN(7), 1), (LSTM(7), 2), (GRU(7), 1), (Bidirectional(LSTM(7)), 4), (Bidirectional(GRU(7)), 2)],
)
def test_initial_states_lead_to_no_other_mistake(layer: Layer, states: int) -> None:
    with_states = ((10, 16), *((7,),) * states)
    assert layer.params(with_states) == layer.params((10, 16))
    for answers in (counts, shapes):
        found = {name: answers(name, layer, with_states) for name in BY_NAME}
        assert found == {name: answers(name, layer, (10, 16)) for name in BY_NAME}


@given(st.tuples(*[some] * 6))
def test_what_is_mixed_up_in_attention(sizes: tuple[int, ...]) -> None:
    heads, of_key, of_value, features, queries, values = sizes
    layer = MultiHeadAttention(heads, of_key, of_value)

    def right(key_dim: int, value_dim: int, count: int = heads) -> int:
        projections = (features + 1) * count * (2 * key_dim + value_dim)
        return projections + (count * value_dim + 1) * features

    in_shape = ((3, queries, features), (3, values, features))
    assert counts("heads_multiplied", layer, in_shape) == [
        right(heads * of_key, heads * of_value), heads * right(of_key, of_value)
    ]  # fmt: skip
    assert counts("key_dim_of_all_heads", layer, in_shape) == [right(of_key, of_value, 1)]
    into = heads * features * (2 * of_key + of_value)
    assert counts("no_output_projection", layer, in_shape) == [into + heads * (2 * of_key + of_value), into]
    assert shapes("inside_of_attention", layer, in_shape) == [
        (3, queries, of_value), (heads, 3, queries, of_value), (3, queries, heads, of_value), (3, queries, 3, values)
    ]  # fmt: skip


# Shapes


def positions(size: int, kernel: int, stride: int = 1, dilation: int = 1, padding: int = 0) -> int:
    """How many there are of a window."""
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


@given(st.tuples(*[some] * 6))
def test_shapes_of_a_convolution_with_padding(sizes: tuple[int, ...]) -> None:
    kernel, stride, before, after, channels, filters = sizes
    size = 89 + channels
    layer = Conv1D(filters, kernel, stride, ((before, after),))
    right = positions(size, kernel, stride, padding=before + after)
    expected = {
        "valid_and_same_mixed_up": [-(-size // stride)],
        "padding_left_out": [positions(size, kernel, stride)],
        "padding_on_one_side": [positions(size, kernel, stride, padding=side) for side in (before, after)],
        "plus_one_forgotten": [right - 1],
        "stride_ignored": [positions(size, kernel, padding=before + after)],
        "strides_first": [positions(size // stride, kernel, padding=before + after)],
    }
    found = {name: shapes(name, layer, (size, channels)) for name in expected}
    assert found == {name: [(each, filters) for each in wrong] for name, wrong in expected.items()}
    channels_wrong = {
        "input_channels_kept": [(right, channels)],
        "filters_for_each_channel": [(right, channels * filters)],
        "channels_left_out": [(right,)],
        "channels_first_and_last_mixed_up": [(filters, right)],
    }
    for name, wrong in channels_wrong.items():
        assert shapes(name, layer, (size, channels))[-1:] == wrong


@given(st.tuples(*[some] * 6))
def test_shapes_of_windows_that_are_cut_off(sizes: tuple[int, ...]) -> None:
    down, right, wider, longer, more, channels = sizes
    rows, columns = down + wider, right + longer
    height, width = rows + 4 * down + more % down, columns + more * right + channels % right
    kept, cut = (5, more + 1), (5 + (more % down > 0), more + 1 + (channels % right > 0))
    in_shape = (height, width, channels)
    assert shapes("rounded_up", Conv2D(8, (rows, columns), (down, right)), in_shape) == [(*cut, 8)]
    pool = Pool((rows, columns), (down, right))
    assert shapes("rounded_up", pool, in_shape) == [(*cut, channels)]
    assert shapes("rounded_down", Pool((rows, columns), (down, right), ceil_mode=True), in_shape) == [(*kept, channels)]
    same = Conv2D(8, (rows, columns), (down, right), "same")
    assert shapes("rounded_down", same, in_shape) == [(height // down, width // right, 8)]
    assert shapes("channels_left_out", pool, in_shape) == [kept]
    over_channels = [(*kept, positions(20 + channels, rows, down))]
    assert shapes("channels_pooled", pool, (height, width, 20 + channels)) == over_channels


@given(st.tuples(*[some] * 4), st.integers(1, 3))
def test_shapes_of_dilated_and_of_transposed_convolutions(sizes: tuple[int, ...], rank: int) -> None:
    kernel, step, channels, filters = sizes
    size = 99
    in_shape = (*(size,) * rank, channels)
    dilated = {1: Conv1D, 2: Conv2D, 3: Conv3D}[rank](filters, kernel, dilation_rate=step)
    assert shapes("dilation_ignored", dilated, in_shape) == [(*(positions(size, kernel),) * rank, filters)]
    transposed = ConvTranspose(filters, kernel, step)
    assert shapes("transposed_as_conv", transposed, in_shape) == [(*(positions(size, kernel, step),) * rank, filters)]


@given(st.tuples(*[some] * 3))
def test_shapes_of_what_is_flattened_or_pooled(in_shape: tuple[int, ...]) -> None:
    rows, columns, channels = in_shape
    assert shapes("flattened_without_channels", Flatten(), in_shape) == [(rows * columns,)]
    assert shapes("flattened_without_channels", Flatten(), in_shape[1:]) == [(columns,)]
    assert shapes("added_for_multiplied", Flatten(), in_shape) == [(rows + columns + channels,)]
    assert shapes("gap_flattens", GAP(), in_shape) == [(rows * columns * channels,)]
    once = dict.fromkeys((rows, columns))
    parts = [shape for size in once for shape in ((size,), (size, channels))]
    assert shapes("pooled_over_wrong_axes", GAP(), in_shape) == [(rows, columns), *parts]


def test_a_batch_is_a_power_of_two_or_a_round_number() -> None:
    batches = sorted({1, *(2**power for power in range(3, 9)), 10, 20, 50, 100})
    assert shapes("batch_counted", Flatten(), (5, 7)) == [(batch, 35) for batch in batches]


def test_units_are_dropped_of_the_last_axis() -> None:
    assert shapes("dropout_removes_units", Dropout(0.25), (None, 10)) == [(None, 7), (None, 8)]


@pytest.mark.parametrize(
    ("mistake", "layer", "in_shape"),
    [
        ("rounded_up", Pool(3, 1), (9, 9, 3)),
        ("rounded_up", Conv2D(8, 3), (9, 9, 3)),
        ("rounded_up", Conv2D(8, 3, 2, "same"), (8, 8, 3)),
        ("rounded_down", Conv2D(8, 3, 2), (8, 8, 3)),
        ("rounded_down", Conv2D(8, 3, padding="same"), (8, 8, 3)),
        ("stride_ignored", Conv2D(8, 3), (8, 8, 3)),
        ("stride_ignored", Pool(3, (1, 1)), (8, 8, 3)),
        ("dilation_ignored", Conv2D(8, 3), (8, 8, 3)),
        ("dilation_ignored", Conv2D(8, 3, dilation_rate=(1, 1)), (8, 8, 3)),
        ("dilation_ignored", DepthwiseConv(3, dilation_rate=(1, 1)), (8, 8, 3)),
        ("dilation_ignored", ConvTranspose(8, 3), (8, 8, 3)),
        ("plus_one_forgotten", Conv2D(8, 3, padding="same"), (8, 8, 3)),
        ("padding_left_out", Conv2D(8, 3, padding="same"), (8, 8, 3)),
        ("pool_size_for_stride", Pool(2), (8, 8, 3)),
        ("flattened_without_channels", Flatten(), (84,)),
        ("dropout_removes_units", Dropout(0.5), ()),
        ("dropout_removes_units", Dropout(0.5), (5, None)),
    ],
)
def test_shapes_are_not_wrong_where_there_is_nothing_to_get_wrong(mistake: str, layer: Layer, in_shape: Any) -> None:
    assert list(BY_NAME[mistake].made(layer, in_shape)) == []


# Slips of the pen


@given(st.tuples(*[st.integers(1, 99_999)] * 3))
def test_slips_are_in_one_number_that_begins_with_no_zero(in_shape: tuple[int, ...]) -> None:
    def slipped(slips: Callable[[str], Iterable[str]]) -> list[Any]:
        return [
            (*in_shape[:place], int(slip), *in_shape[place + 1 :])
            for place, axis in enumerate(in_shape)
            for slip in slips(str(axis))
            if not slip.startswith("0")
        ]

    def exchanged(digits: str) -> Iterator[str]:
        for place, (one, other) in enumerate(pairwise(digits)):
            yield digits[:place] + other + one + digits[place + 2 :]

    def lost(digits: str) -> list[str]:
        return ["".join(left) for left in combinations(digits, len(digits) - 1)][::-1] if len(digits) > 2 else []

    def doubled(digits: str) -> list[str]:
        places = range(len(digits))
        return ["".join(digit * (1 + (place == twice)) for place, digit in enumerate(digits)) for twice in places]

    layer = Identity()
    assert shapes("digits_exchanged", layer, in_shape) == slipped(exchanged)
    assert shapes("digit_lost", layer, in_shape) == slipped(lost)
    assert shapes("digit_doubled", layer, in_shape) == slipped(doubled)


def test_slips_are_not_made_together_with_another_mistake() -> None:
    """Without the biases, it is 864."""
    for answer in (846, 84, 8_644):
        assert diagnose(Conv2D(32, 3), (32, 32, 3), params=answer) == ()


# Totals of models


@given(networks)
def test_totals_are_those_up_to_a_layer_or_without_one(model: Model) -> None:
    parts, in_shape = [row.params for row in model.summary().rows], model.in_shape
    total = sum(parts)
    assert sorted(counts("layer_left_out", model, in_shape)) == sorted(total - part for part in parts)
    assert {*accumulate(parts)} - {0, total} <= {*counts("running_total", model, in_shape)}


def test_totals_have_what_is_frozen() -> None:
    model = Model([TimeDistributed(Dense(4, trainable=False)), Dense(2, trainable=False)], in_shape=(5, 3))
    assert counts("layer_left_out", model, model.in_shape) == [10, 16]
    assert counts("running_total", model, model.in_shape) == [16, 24]


def test_totals_count_twice_what_is_tied_and_what_is_called_again() -> None:
    x, shared = Input((4,))(), Dense(4, trainable=False).place()
    y = Dense(4)(Dense(4)(shared(shared(x))))
    inner = Model(inputs=x, outputs=y, tied=[("dense_1/kernel", "dense_2/kernel")])
    for model in (inner, Model([Dense(4), inner, Dense(4)])):
        total = model.params((4,))
        assert counts("counted_twice", model, (4,)) == [total + 16, total + 20, total + 36]


def test_neighbours_are_the_next_layers_and_the_next_with_weights() -> None:
    model = Model([Dense(2), Dense(3), Dropout(0.5), Dense(4), ReLU(), Dense(5), Dense(6)], in_shape=(1,))
    mistake = neighbours_answer(model, (1,), 3)
    assert [made.outcome for made in mistake.made(model[3], (3,))] == [9, (3,), 25, (4,)]


# What is made within


def test_what_is_tied_is_left_out_of_a_count_that_holds_it() -> None:
    mistake = Mistake(lambda *_: [839, 840, 845], "params", on=Dense, name="own")
    rest = Once(Dense(10), frozenset({"kernel"}))
    assert [made.answer("params") for made in mistake.made(rest, (84,))] == [0, 5]


def test_what_is_tied_takes_what_its_layer_takes() -> None:
    layer, in_shape = MultiHeadAttention(2, 4), ((5, 8), (6, 8))
    assert Once(layer, frozenset()).output_shape(in_shape) == layer.output_shape(in_shape)


def test_what_does_not_change_is_no_first_layer_of_a_mistake() -> None:
    """The first pool cuts nothing off, nor does the layer before it make the mistake."""
    model = Model([Dense(3, trainable=False), Pool(2), Pool(2), Flatten(), Dense(10)], in_shape=(22, 4))
    (made,) = Whole(model, (22, 4)).made(BY_NAME["rounded_up"], "params")
    assert (made.answer("params"), made.layer, made.in_shape) == (15 + (6 * 3 + 1) * 10, Pool(2), (11, 3))
    (biased,) = Whole(model, (22, 4)).made(BY_NAME["no_bias"], "params")
    assert (biased.answer("params"), biased.layer, biased.in_shape) == (12 + 150, model[0], (22, 4))


def test_what_reaches_a_layer_is_wrong_behind_a_mistake_alone() -> None:
    whole = Whole(Model([Pool(2), Flatten(), Dense(128)]), (41, 64))
    found = [list(whole.made_before(BY_NAME["rounded_up"], position)) for position in range(3)]
    assert [{made.answer("output_shape") for made in each} for each in found] == [set(), {(1_344,)}, {(128,)}]


def test_a_layer_with_fewer_ways_to_make_a_mistake_goes_its_last_one() -> None:
    model = Model([Pool((2, 3)), AdaptivePool(2)], in_shape=(8, 9, 4))
    whole = Whole(model, (8, 9, 4))
    assert [made.answer("params") for made in whole.made(BY_NAME["pool_weights"], "params")] == [8 + 8, 24 + 8]


def test_inputs_that_are_put_behind_each_other_are_followed_through_a_model() -> None:
    x = Input((5,))()
    model = Model(inputs=x, outputs=Dense(2)(Add()(Dense(4)(x), Dense(4)(x))))
    assert [each.mistake for each in diagnose(model, params=24 + 24 + (8 + 1) * 2)] == ["concatenated"]


def test_a_mistake_is_not_made_together_with_itself() -> None:
    assert diagnose(Embedding(10_000, 16), (250,), params=160_032) == ()
