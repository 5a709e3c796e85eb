"""Where the library differs from Keras on purpose: each row of the documentation's table, on both sides.

Both are asked live; a row is wrong as soon as either changes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import paramcalc as pc

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")
layers: Any = keras.layers

PAGE = Path(__file__).parent.parent / "docs" / "keras.md"
REFUSED = "refused"


class Difference(NamedTuple):
    """A case, what each side makes of it, and how each is asked; an error is `refused`."""

    case: str
    theirs: Any
    ours: Any
    ask_theirs: Callable[[], Any]
    ask_ours: Callable[[], Any]


def shape_of(layer: Any, *in_shape: int | None) -> Any:
    layer.build((None, *in_shape))
    return tuple(layer.compute_output_shape((None, *in_shape))[1:])


def frozen_stack(library: Any) -> Any:
    return library.StackedRNNCells([library.GRUCell(4)], trainable=False)


DIFFERENCES = [
    Difference(
        "an axis of 0: `Dense(4)` on `(0, 3)`", (0, 4), REFUSED,
        lambda: shape_of(layers.Dense(4), 0, 3), lambda: pc.Dense(4).output_shape((0, 3)),
    ),
    Difference(
        'a word in capitals: `padding="Same"`', (8, 8, 4), REFUSED,
        lambda: shape_of(layers.Conv2D(4, 3, padding="Same"), 8, 8, 1), lambda: pc.Conv2D(4, 3, padding="Same"),  # type: ignore[arg-type]
    ),
    Difference(
        'a slash in a name: `name="a/b"` (`to_keras` refuses it)', REFUSED, "a/b",
        lambda: layers.Dense(4, name="a/b").name, lambda: pc.Dense(4, name="a/b").name,
    ),
    Difference(
        'a transposed convolution that leaves nothing: `ConvTranspose(4, 2, 1, "same", output_padding=0)` on `(1, 3)`',
        (0, 4), REFUSED,
        lambda: shape_of(layers.Conv1DTranspose(4, 2, 1, "same", output_padding=0), 1, 3),
        lambda: pc.ConvTranspose(4, 2, 1, "same", output_padding=0).output_shape((1, 3)),
    ),
    Difference(
        "`lora_rank=0`, which does nothing", 16, REFUSED,
        lambda: built(layers.Dense(4, lora_rank=0), 3).count_params(), lambda: pc.Dense(4, lora_rank=0),
    ),
    Difference(
        "channels that are not known, where no weight needs them: `GroupNorm(2, center=False, scale=False)`",
        REFUSED, (8, None),
        lambda: shape_of(layers.GroupNormalization(2, center=False, scale=False), 8, None),
        lambda: pc.GroupNorm(2, center=False, scale=False).output_shape((8, None)),
    ),
    Difference(
        "an axis that `EinsumDense` leaves open and the input says, on `(7, 3)`", (None, 4), (7, 4),
        lambda: shape_of(layers.EinsumDense("abc,cd->abd", (None, 4)), 7, 3),
        lambda: pc.EinsumDense("abc,cd->abd", (None, 4)).output_shape((7, 3)),
    ),
    Difference(
        "`MaxPooling2D(2)` on one axis and channels, `(8, 3)`: `Pool(2)` takes any number of axes", REFUSED, (4, 3),
        lambda: layers.MaxPooling2D(2)(keras.Input((8, 3))).shape, lambda: pc.Pool(2).output_shape((8, 3)),
    ),
    Difference(
        "`Add` called on one tensor alone", REFUSED, (3,),
        lambda: layers.Add()(keras.Input((3,))).shape[1:], lambda: pc.Add()(pc.Input((3,))()).shape,
    ),
    Difference(
        "an operation on tensors of different ranks, `(3,)` and `(2, 3)`, where one meets the batch of the other",
        (2, 3), REFUSED,
        lambda: tuple(keras.ops.add(keras.Input((3,)), keras.Input((2, 3))).shape[1:]),
        lambda: pc.Elementwise("add").output_shape(((3,), (2, 3))),
    ),
    Difference(
        "a place behind the end of an axis: `Take(7)` on `(4, 3)`, where Keras fails once it is run", (3,), REFUSED,
        lambda: tuple(keras.ops.take(keras.Input((4, 3)), 7, axis=1).shape[1:]),
        lambda: pc.Take(7).output_shape((4, 3)),
    ),
    Difference(
        "images of a size that is not known: `ConvLSTM(4, 3)` on `(9, None, None, 3)`", REFUSED, (None, None, 4),
        lambda: shape_of(layers.ConvLSTM2D(4, 3), 9, None, None, 3),
        lambda: pc.ConvLSTM(4, 3).output_shape((9, None, None, 3)),
    ),
    Difference(
        "`Bidirectional` of `LSTM(4)` and a second layer `LSTM(5)`, where Keras gives 9 numbers once it is run",
        (8,), (9,),
        lambda: shape_of(layers.Bidirectional(layers.LSTM(4), backward_layer=layers.LSTM(5, go_backwards=True)), 7, 3),
        lambda: pc.Bidirectional(pc.LSTM(4), backward_layer=pc.LSTM(5)).output_shape((7, 3)),
    ),
    Difference(
        "`GRU(4)` with an initial state `(5,)`, at which Keras looks when it is run", (4,), REFUSED,
        lambda: layers.GRU(4)(keras.Input((7, 3)), initial_state=[keras.Input((5,))]).shape[1:],
        lambda: pc.GRU(4).output_shape(((7, 3), (5,))),
    ),
    Difference(
        "the outputs of `RNN([LSTMCell(4), GRUCell(5)], return_state=True)`: lists in lists, or one after the other",
        ((5,), [(4,), (4,)], (5,)), ((5,), (4,), (4,), (5,)),
        lambda: keras.tree.map_structure(
            lambda tensor: tensor.shape[1:],
            layers.RNN([layers.LSTMCell(4), layers.GRUCell(5)], return_state=True)(keras.Input((7, 3))),
        ),
        lambda: pc.RNN([pc.LSTMCell(4), pc.GRUCell(5)], return_state=True).output_shape((7, 3)),
    ),
    Difference(
        "a cell alone, without the states before: `GRUCell(4)` on `(3,)`", REFUSED, ((4,), (4,)),
        lambda: layers.GRUCell(4)(keras.ops.zeros((1, 3))), lambda: pc.GRUCell(4).output_shape((3,)),
    ),
    Difference(
        "how many weights are trained in `RNN(StackedRNNCells([GRUCell(4)], trainable=False))`", 3, 0,
        lambda: len(built(layers.RNN(frozen_stack(layers)), 7, 3).trainable_weights),
        lambda: sum(weight.trainable for weight in pc.RNN(frozen_stack(pc)).weights((7, 3))),
    ),
    Difference(
        "a `BatchNorm` called on `(9, 4)` and again, with the same weights, on `(6, 8, 4)`", REFUSED, 16,
        lambda: twice(layers.BatchNormalization(), keras.Input((9, 4)), keras.Input((6, 8, 4))).count_params(),
        lambda: pc.Model(inputs=[x := pc.Input((9, 4))(), y := pc.Input((6, 8, 4))()],
                         outputs=[(norm := pc.BatchNorm().place())(x), norm(y)]).params(),
    ),
]  # fmt: skip


def twice(layer: Any, *inputs: Any) -> Any:
    return keras.Model(list(inputs), [layer(each) for each in inputs])


def built(layer: Any, *in_shape: int) -> Any:
    layer.build((None, *in_shape))
    return layer


def asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except (ValueError, TypeError):
        return REFUSED


@pytest.mark.parametrize("difference", DIFFERENCES, ids=[difference.case for difference in DIFFERENCES])
def test_each_side_answers_as_the_documentation_says(difference: Difference) -> None:
    assert asked(difference.ask_theirs) == difference.theirs
    assert asked(difference.ask_ours) == difference.ours


def test_the_documentation_lists_them(golden_part: Callable[[Path, str, str, str], None]) -> None:
    rows = [f"| {each.case} | {printed(each.theirs)} | {printed(each.ours)} |" for each in DIFFERENCES]
    golden_part(PAGE, "| case | Keras | here |\n| --- | --- | --- |\n", "\n".join(rows), "\n\n")


def printed(answer: Any) -> str:
    return answer if answer == REFUSED else f"`{answer}`"
