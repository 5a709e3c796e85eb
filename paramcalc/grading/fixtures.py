"""Course fixtures: models as lists of `[class name, shape, params, extras …]`, which notebooks compare with a summary.

Knows: the form that the notebooks of deeplearning.ai made common, and which extras a class has in it. Must not know:
how Keras's names and ours correspond (see `formats/keras`), and how a mismatch is told.

A fixture is the teacher's: one that is not in the form is refused. The model that is compared with it may be a
student's, and whatever differs is a mismatch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from paramcalc.arguments import flag, integer, rate, sides, sizes, text
from paramcalc.errors import ConfigError, shown, type_name
from paramcalc.evaluation import Placement, placed
from paramcalc.formats.keras.operations import LAMBDA, class_of_operation
from paramcalc.formats.keras.table import GRAPHS, by_name
from paramcalc.formats.keras.write import class_of, is_functional
from paramcalc.grading.report import Mismatch
from paramcalc.layers.core import Input
from paramcalc.layers.elementwise import Elementwise
from paramcalc.layers.reshape import Take
from paramcalc.model import Model
from paramcalc.shapes import Shape, Shapes, are_several, as_shape, as_tuple, one_by_one
from paramcalc.windows import Window, spread, spread_sides

FixtureRow: TypeAlias = list[Any]

OPERATIONS = ("TensorFlowOpLayer", LAMBDA)
"""What an operation such as `x / 255` was called, whichever it was."""

_INPUT = "InputLayer"


class Extra(NamedTuple):
    """A further field of a row: its name, how it is read from a fixture, and what it is of a layer in its place.

    >>> EXTRAS["Dropout"][0].name
    'rate'
    """

    name: str
    read: Callable[[str, Any], Any]
    of: Callable[[Placement], Any]


def _function(subject: str, value: object) -> str:
    # A function of which there is a second version is the same one
    return text(subject, value).removesuffix("_v2")


def _sizes(rank: int) -> Callable[[str, object], tuple[int, ...]]:
    return lambda subject, value: spread(subject, sizes(subject, value), rank, "", ConfigError)


def _sides(rank: int) -> Callable[[str, object], tuple[tuple[int, int], ...]]:
    return lambda subject, value: spread_sides(subject, sides(subject, value), rank, ConfigError)


def _shape(subject: str, value: object) -> Shape:
    axes = as_tuple(value)
    if not axes or axes[0] is not None:
        raise ConfigError(subject, "a shape that begins with None, the batch", shown(value))
    return as_shape(axes[1:], subject, ConfigError)


def _shapes(subject: str, value: object) -> Shapes:
    """One shape, alone or in a list; or a tuple of several."""
    items = as_tuple(value) or ()
    if not any(as_tuple(item) is not None for item in items):
        return _shape(subject, value)
    shapes = tuple(_shape(f"{subject}[{index}]", item) for index, item in enumerate(items))
    return shapes[0] if len(shapes) == 1 else shapes


def _activation_of(layer: object) -> str:
    return getattr(layer, "activation", None) or "linear"


def _windows_of(one: Placement) -> tuple[Window, ...]:
    return one.layer.windows(one.in_shape) or ()


_PADDING = Extra("padding", text, lambda one: _argument(one, "padding"))
_ACTIVATION = Extra("activation", _function, lambda one: _activation_of(one.layer))

INITIALIZER = Extra("initializer", text, lambda _: "GlorotUniform")
"""It changes no shape and no count, so that a Model does not keep it: it is written as what Keras takes where nothing
is said, and not compared."""

EXTRAS: Mapping[str, tuple[Extra, ...]] = MappingProxyType({
    "Conv1D": (
        _PADDING,
        _ACTIVATION,
        Extra("strides", _sizes(1), lambda one: _argument(one, "strides")),
        Extra("kernel_size", _sizes(1), lambda one: _argument(one, "kernel_size")),
        INITIALIZER,
    ),
    "Conv2D": (_PADDING, _ACTIVATION, INITIALIZER),
    "Dense": (_ACTIVATION,),
    "Dropout": (Extra("rate", rate, lambda one: _argument(one, "rate")),),
    "GRU": (Extra("return_sequences", flag, lambda one: _argument(one, "return_sequences")),),
    "LSTM": (Extra("input_shape", _shapes, lambda one: one.in_shape), _ACTIVATION),
    "MaxPooling2D": (
        Extra("pool_size", _sizes(2), lambda one: tuple(window.kernel for window in _windows_of(one))),
        Extra("strides", _sizes(2), lambda one: tuple(window.stride for window in _windows_of(one))),
        _PADDING,
    ),
    "RepeatVector": (Extra("n", integer, lambda one: _argument(one, "n")),),
    "TimeDistributed": (Extra("activation", _function, lambda one: _activation_of(_argument(one, "layer"))),),
    "ZeroPadding2D": (
        Extra("padding", _sides(2), lambda one: _sides(2)("padding", _argument(one, "padding"))),
    ),
})  # fmt: skip
"""The extras of each class, in order. A row may leave out the last of them."""


def _argument(one: Placement, name: str) -> Any:
    return getattr(one.layer, name)


def _class_name(one: Placement) -> str:
    """What Keras calls the class of a layer, or else what Python calls it."""
    layer = one.layer
    if isinstance(layer, Model):
        return "Functional" if is_functional(layer) else "Sequential"
    if isinstance(layer, Elementwise | Take):
        return class_of_operation(layer)
    try:
        return class_of(layer, len(one_by_one(one.in_shape)[0])).name
    except ConfigError:
        own = type_name(type(layer))
        return f"another {own}" if own in by_name() else own


def _is_operation(one: Placement) -> bool:
    return isinstance(one.layer, Elementwise | Take)


def _batched(shapes: Shapes) -> Any:
    return [(None, *shape) for shape in shapes] if are_several(shapes) else (None, *shapes)


def to_fixture(model: Model) -> list[FixtureRow]:
    """A model as the fixture that a notebook compares with: a row for each layer, an `Input` too.

    Shapes hold the batch, as a summary of Keras does. An operation such as `x / 255` has no row, for to Keras it is no
    layer. Raises `ConfigError` for what is no model, and `ShapeError` for
    one that does not know its input shape.

    >>> from paramcalc import Conv2D, Flatten, Input, Pool
    >>> for row in to_fixture(Model([Input((64, 64, 3)), Conv2D(8, 4, padding="same"), Pool(8), Flatten()])):
    ...     print(row)
    ['InputLayer', [(None, 64, 64, 3)], 0]
    ['Conv2D', (None, 64, 64, 8), 392, 'same', 'linear', 'GlorotUniform']
    ['MaxPooling2D', (None, 8, 8, 8), 0, (8, 8), (8, 8), 'valid']
    ['Flatten', (None, 512), 0]
    """
    if not isinstance(model, Model):
        raise ConfigError("model", "a Model", shown(model), "put a layer into one: Model([layer], in_shape=...)")
    rows = []
    for one in placed(model, model._start(None), {}):
        if _is_operation(one):
            continue
        name = _class_name(one)
        shape, params, _ = one.tally
        extras = [_batched(extra.of(one)) if extra.read is _shapes else extra.of(one) for extra in EXTRAS.get(name, ())]
        rows.append([name, [_batched(shape)] if name == _INPUT else _batched(shape), params, *extras])
    return rows


# Reading and comparing


class WantedRow(NamedTuple):
    """A row of a fixture, checked; `extras` are those that it has, each with its value.

    >>> read_fixture([["Flatten", (None, 400), 0]])[0].shape
    (400,)
    """

    name: str
    shape: Shapes
    params: int
    extras: tuple[tuple[Extra, Any], ...]


def read_fixture(fixture: object) -> list[WantedRow]:
    """The rows of a fixture, checked.

    Raises `ConfigError`, with the path in it, for what is not in the form.

    >>> read_fixture([["Dense", (10,), 850]])
    Traceback (most recent call last):
    paramcalc.errors.ConfigError: fixture[0][1] must be a shape that begins with None, the batch, got (10,)
    """
    rows = as_tuple(fixture)
    if not rows:
        raise ConfigError("fixture", "a list of [class name, shape, params, extras …]", shown(fixture))
    wanted = []
    for index, row in enumerate(rows):
        subject = f"fixture[{index}]"
        items = as_tuple(row)
        if items is None or len(items) < 3:  # noqa: PLR2004 (these three)
            raise ConfigError(subject, "[class name, shape, params, extras …]", shown(row))
        name = text(f"{subject}[0]", items[0])
        known = by_name().get(name)
        name = name if known is None else known.name
        extras = EXTRAS.get(name, ())
        if len(items) > 3 + len(extras):
            names = ", ".join(["class name", "shape", "params", *(extra.name for extra in extras)])
            raise ConfigError(subject, f"[{names}] at most", shown(row))
        wanted.append(
            WantedRow(
                "Functional" if name in GRAPHS else name,
                _shapes(f"{subject}[1]", items[1]),
                integer(f"{subject}[2]", items[2], least=0),
                tuple(
                    (extra, extra.read(f"{subject}[{number}]", items[number]))
                    for number, extra in enumerate(extras[: len(items) - 3], start=3)
                ),
            )
        )
    return wanted


def fixture_mismatches(model: Model, wanted: Sequence[WantedRow]) -> tuple[Mismatch, ...]:
    """Everything in which a model differs from a fixture: the number of layers, and every field of every row.

    Where the fixture has no row for an `InputLayer`, as that of a Sequential has not, an `Input` is left out; where it
    has none for operations, which are layers to tf.keras and to Keras 3 are none, these are. Layers go by the classes
    of Keras, whatever they are called. Raises `ShapeError` for a model that does not know its input shape.

    >>> from paramcalc import Dense
    >>> model, wanted = Model([Dense(10, "relu")], in_shape=(84,)), [["Dense", (None, 10), 840, "softmax"]]
    >>> [mismatch.told() for mismatch in fixture_mismatches(model, read_fixture(wanted))]
    ['params of dense must be 840, got 850', 'activation of dense must be softmax, got relu']
    """
    rows = list(placed(model, model._start(None), {}))
    if all(row.name != _INPUT for row in wanted):
        rows = [one for one in rows if not isinstance(one.layer, Input)]
    if all(row.name not in OPERATIONS for row in wanted):
        rows = [one for one in rows if not _is_operation(one)]
    found = []
    if len(rows) != len(wanted):
        found.append(Mismatch("the model", "number of layers", len(wanted), len(rows)))
    for row, one in zip(wanted, rows, strict=False):
        found += [
            Mismatch(one.name, about, expected, actual)
            for about, expected, actual in _compared(row, one)
            if expected != actual
        ]
    return tuple(found)


def _compared(row: WantedRow, one: Placement) -> Iterator[tuple[str, Any, Any]]:
    """Each field of a row: its name, what is wanted, and what the model has."""
    name = _class_name(one)
    if not (row.name in OPERATIONS and _is_operation(one)):
        yield "class", row.name, name
    yield "output shape", row.shape, one.tally[0]
    yield "params", row.params, one.tally[1]
    for extra, wanted in row.extras if row.name == name else ():
        if extra is not INITIALIZER:
            yield extra.name, wanted, extra.of(one)
