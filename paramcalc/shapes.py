"""Shapes: what counts as one, what its axes are called, and where the channels are.

Knows: tuples of ints and `None`. Must not know: layers, windows, models.

A shape has no batch axis. `None` is an axis that is not known yet; `()` is one number per example.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, SupportsIndex, TypeAlias, TypeVar

from paramcalc.errors import ParamcalcError, ShapeError, shown
from paramcalc.traced import Traced

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Shape: TypeAlias = tuple[int | None, ...]
ShapeLike: TypeAlias = Sequence[SupportsIndex | None]
Shapes: TypeAlias = Shape | tuple[Shape, ...]
"""What goes into a layer or comes out of it: one shape, or a tuple of them where there are several."""
ShapesLike: TypeAlias = ShapeLike | Sequence[ShapeLike]
Axis = TypeVar("Axis")

UNKNOWN = "unknown"
"""What is written for a number that is None."""

LARGEST = 2**63 - 1
LARGEST_RANK = 64
INT_RANGE = "an int from {} to 2**63 - 1"

SPATIAL_AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
SIDES = {"length": ("before", "after"), "height": ("top", "bottom"), "width": ("left", "right"),
         "depth": ("front", "back")}  # fmt: skip
DATA_FORMATS = ("channels_last", "channels_first")


def as_int(value: object) -> int | None:
    """The builtin int that `value` stands for, or None: a bool, a float and a string are no ints.

    An int that remembers stays one: a hook may ask another layer through its public methods.

    >>> as_int(3), as_int(True), as_int(3.0)
    (3, None, None)
    """
    if type(value) is int or isinstance(value, Traced):
        return value
    if isinstance(value, bool):
        return None
    try:
        return int(operator.index(value))  # type: ignore[arg-type]  # that is the question
    except Exception:  # noqa: BLE001 (a foreign __index__ may raise anything)
        return None


def as_tuple(value: object) -> tuple[object, ...] | None:
    """The items of a tuple or a list as a plain tuple, whatever a subclass makes of them; None for anything else.

    >>> as_tuple([3, 5]), as_tuple(3)
    ((3, 5), None)
    """
    if isinstance(value, tuple):
        return tuple(tuple.__iter__(value))
    return tuple(list.__iter__(value)) if isinstance(value, list) else None


def as_shape(value: object, subject: str = "in_shape", refused: type[ParamcalcError] = ShapeError) -> Shape:
    """`value` as a plain tuple of plain ints and None.

    Raises `refused` when it is no tuple or list of them, or when an axis is not in 1 ... 2**63 - 1.

    >>> as_shape([28, 28, None])
    (28, 28, None)
    """
    axes = as_tuple(value)
    if axes is None:
        hint = f"write ({value},)" if type(value) is int and 0 < value <= LARGEST else ""
        raise refused(subject, "a tuple or list of ints and None, without the batch axis", shown(value), hint)
    if len(axes) > LARGEST_RANK:
        raise refused(subject, f"of at most {LARGEST_RANK} axes", f"{len(axes)}")
    shape: list[int | None] = []
    for index, axis in enumerate(axes):
        number = axis if axis is None else as_int(axis)
        if axis is not None and (number is None or not 0 < number <= LARGEST):
            expected = f"{INT_RANGE.format(1)}, or None where it is not known"
            raise refused(f"{subject}[{index}]", expected, f"{shown(axis)} in {shown(value)}")
        shape.append(number)
    return tuple(shape)


def are_several(shapes: Shapes) -> TypeIs[tuple[Shape, ...]]:
    """Whether this is a tuple of shapes and not one shape; `()` is one, that of a single number.

    >>> are_several(((28, 28), (28, 28))), are_several((28, 28)), are_several(())
    (True, False, False)
    """
    return bool(shapes) and isinstance(shapes[0], tuple)


def as_shapes(value: object, subject: str = "in_shape", refused: type[ParamcalcError] = ShapeError) -> Shapes:
    """`value` as one shape or, where its first item is a tuple or list itself, as a tuple of shapes.

    Raises `refused` as `as_shape` does.

    >>> as_shapes([28, 28]), as_shapes([(28, 28), [None, 3]])
    ((28, 28), ((28, 28), (None, 3)))
    """
    items = as_tuple(value)
    if items and isinstance(items[0], tuple | list):
        return tuple(as_shape(item, f"{subject}[{index}]", refused) for index, item in enumerate(items))
    return as_shape(value, subject, refused)


def one_by_one(shapes: Shapes) -> tuple[Shape, ...]:
    """The shapes as a tuple of them, also where there is one.

    >>> one_by_one((28, 28)), one_by_one(((28, 28), (3,)))
    (((28, 28),), ((28, 28), (3,)))
    """
    return shapes if are_several(shapes) else (shapes,)


def several(in_shape: Shapes, expected: str, *counts: int) -> tuple[Shape, ...]:
    """The shapes of the inputs of a layer that joins them.

    Raises `ShapeError`, which says what is `expected`, for one shape alone, and for other than so many of them.

    >>> several(((28, 28), (28, 28)), "2 shapes", 2)
    ((28, 28), (28, 28))
    """
    if not are_several(in_shape):
        raise ShapeError("in_shape", expected, shown(in_shape), f"for example {shown((in_shape, in_shape))}")
    if counts and len(in_shape) not in counts:
        raise ShapeError("in_shape", expected, f"{len(in_shape)} in {shown(in_shape)}")
    return in_shape


def broadcast(shapes: Sequence[Shape], *, known_wins: bool) -> Shape:
    """The shape that all shapes are stretched to: from the last axis on, sizes are equal, or 1 and repeated.

    An axis that is None in one shape and larger than 1 in another is as large as that where `known_wins`, and else
    stays None. Raises `ShapeError` for sizes that do not go together.

    >>> broadcast([(28, 28, 8), (8,)], known_wins=True), broadcast([(None, 8), (5, 1)], known_wins=False)
    ((28, 28, 8), (None, 8))
    """
    first = shapes[0]
    if all(shape == first for shape in shapes):
        return first  # as it is nearly always
    rank = max(map(len, shapes))
    together = list(zip(*((1,) * (rank - len(shape)) + shape for shape in shapes), strict=True))
    stretched: list[int | None] = []
    for index, sizes in enumerate(together):
        size = sizes[0]
        for other in sizes[1:]:
            if size is None or other is None:
                either = other if size is None else size
                size = either if known_wins and either != 1 else None
            elif size == 1:
                size = other
            elif other not in (1, size):
                expected = "shapes whose axes, from the last one on, are equal or 1"
                got = f"{size} and {other} on axis {index - rank} of {shown(tuple(shapes))}"
                raise ShapeError("in_shape", expected, got)
        stretched.append(size)
    return tuple(stretched)


def spatial_axes(rank: int) -> tuple[str, ...]:
    """The names of the axes that a window slides over.

    >>> spatial_axes(2), spatial_axes(4)
    (('height', 'width'), ('axis 1', 'axis 2', 'axis 3', 'axis 4'))
    """
    return SPATIAL_AXES.get(rank) or tuple(f"axis {number}" for number in range(1, rank + 1))


def sides(axis: str) -> tuple[str, str]:
    """The names of the two ends of an axis, where padding is added.

    >>> sides("height"), sides("axis 4")
    (('top', 'bottom'), ('axis 4 before', 'axis 4 after'))
    """
    return SIDES.get(axis) or (f"{axis} before", f"{axis} after")


def axis_names(rank: int, data_format: str = "channels_last") -> tuple[str, ...]:
    """The names of the axes of a shape of this many axes.

    >>> axis_names(3), axis_names(3, "channels_first"), axis_names(1)
    (('height', 'width', 'channels'), ('channels', 'height', 'width'), ('features',))
    """
    if rank <= 1:
        return ("features",) * rank
    return joined(spatial_axes(rank - 1), "channels", data_format)


def parted(in_shape: Shape, data_format: str) -> tuple[Shape, int | None]:
    """A shape's spatial axes, and its channels.

    >>> parted((28, 28, 8), "channels_last")
    ((28, 28), 8)
    """
    return (in_shape[:-1], in_shape[-1]) if data_format == "channels_last" else (in_shape[1:], in_shape[0])


def slid_over(in_shape: Shape, data_format: str, use: str = "slide over") -> tuple[Shape, int | None]:
    """The spatial axes and the channels of a shape, for a layer that takes as many axes as come.

    Raises `ShapeError` for a shape without axes to `use`.

    >>> slid_over((28, 28, 8), "channels_last")
    ((28, 28), 8)
    """
    if len(in_shape) < 2:  # noqa: PLR2004 (one axis and the channels)
        hint = "is there a Flatten before it?" if in_shape else ""
        raise ShapeError("in_shape", f"at least one axis to {use}, and the channels", shown(in_shape), hint)
    return parted(in_shape, data_format)


def joined(spatial: tuple[Axis, ...], channels: Axis, data_format: str) -> tuple[Axis, ...]:
    """The shape (or the names of its axes) with the channels where the data format puts them.

    >>> joined((28, 28), 8, "channels_first")
    (8, 28, 28)
    """
    return (*spatial, channels) if data_format == "channels_last" else (channels, *spatial)


def known_channels(in_shape: Shape, data_format: str) -> int:
    """The channels of a shape, for an answer that cannot do without them.

    >>> known_channels((3, 28, 28), "channels_first")
    3
    """
    return known(in_shape, -1 if data_format == "channels_last" else 0, data_format)


def product(axes: Iterable[int | None]) -> int | None:
    """The product of the axes, or None where one of them is not known.

    >>> product((5, 5, 16)), product((5, None)), product(())
    (400, None, 1)
    """
    total = 1
    for axis in axes:
        if axis is None:
            return None
        total = total * axis
    return total


def added_up(numbers: Iterable[int | None]) -> int | None:
    """The sum, or None where a number is not known.

    >>> added_up([400, 84]), added_up([400, None]), added_up([])
    (484, None, 0)
    """
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def axis_position(axis: int, in_shape: Shape, subject: str = "axis") -> int:
    """Where an axis stands in a shape: counted from 1 behind the batch, or from -1 backwards, as Keras counts.

    Raises `ShapeError` for one that the shape does not have.

    >>> axis_position(1, (28, 28, 3)), axis_position(-1, (28, 28, 3))
    (0, 2)
    """
    rank = len(in_shape)
    if not -rank <= axis <= rank:
        expected = f"an axis of the input, from 1 to {rank} or from -1 to {-rank}" if rank else "of an input with axes"
        raise ShapeError(subject, expected, f"{axis} on {shown(in_shape)}")
    return axis - 1 if axis > 0 else rank + axis


def known(
    in_shape: Shape, index: int, data_format: str = "channels_last", subject: str = "in_shape", steps: int = 0
) -> int:
    """One axis of a shape, for an answer that cannot do without it; `steps` is how many axes of steps come first.

    >>> known((28, 28, 3), -1)
    3
    """
    axis = in_shape[index]
    if axis is None:
        index %= len(in_shape)
        name = axis_names(len(in_shape) - steps, data_format)[index - steps]
        hint = "give the input's axes as numbers, without the batch axis"
        raise ShapeError(
            f"{subject}[{index}] ({name})", "known to count the weights", f"None in {shown(in_shape)}", hint
        )
    return axis


def axis_positions(axis: int | tuple[int, ...], in_shape: Shape) -> tuple[int, ...]:
    """Where the axes stand that an argument names, one or several, in the order in which Keras takes them.

    Raises `ShapeError` for one that the shape does not have, or that is named twice.

    >>> axis_positions(-1, (28, 28, 3)), axis_positions((3, 1), (28, 28, 3))
    ((2,), (0, 2))
    """
    # Keras sorts several axes by how they are written
    axes = sorted(axis) if isinstance(axis, tuple) else [axis]
    positions = tuple(axis_position(axis, in_shape) for axis in axes)
    if len(set(positions)) < len(positions):
        raise ShapeError("axis", "different axes", f"{shown(axis)} on {shown(in_shape)}")
    return positions


def known_axes(in_shape: Shape, positions: tuple[int, ...], data_format: str) -> tuple[tuple[str, int], ...]:
    """Axes of a shape with their names, for a weight that is as long as they are.

    >>> known_axes((28, 28, 3), (2,), "channels_last")
    (('channels', 3),)
    """
    names = axis_names(len(in_shape), data_format)
    return tuple([(names[position], known(in_shape, position, data_format)) for position in positions])


def axis_labels(stem: str, rank: int) -> tuple[str, ...]:
    """What an argument with one number an axis is called on each axis.

    >>> axis_labels("kernel", 2)
    ('kernel height', 'kernel width')
    """
    return tuple([f"{stem} {axis}" for axis in spatial_axes(rank)])


def require_fit(in_shape: Shapes, own: Shapes, reason: str) -> None:
    """Raises `ShapeError` unless `in_shape` is `own`, or fills axes that are None there.

    >>> require_fit((64, 64, 3), (None, None, 3), "as Input says")
    """
    if in_shape == own:
        return
    if are_several(in_shape) != are_several(own) or not _all_fit(one_by_one(in_shape), one_by_one(own)):
        hint = "leave out the batch axis" if in_shape[:1] == (None,) and in_shape[1:] == own else ""
        raise ShapeError("in_shape", f"{shown(own)}, {reason}", shown(in_shape), hint)


def _all_fit(in_shapes: tuple[Shape, ...], owns: tuple[Shape, ...]) -> bool:
    return [len(shape) for shape in in_shapes] == [len(shape) for shape in owns] and all(
        axis in (None, given)
        for in_shape, own in zip(in_shapes, owns, strict=True)
        for given, axis in zip(in_shape, own, strict=True)
    )
