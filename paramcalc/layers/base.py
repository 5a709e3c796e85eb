"""What every layer is: a frozen value that states its output shape and the arrays it owns.

Knows: how counts, costs and explanations follow from those two. Must not know: any particular layer.

A subclass writes hooks; the public methods normalise and check what comes in and what the hooks return, once, so that
a hook trusts its input. A hook may be run on ints that remember their expression (see `traced.py`).
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import attrs

from paramcalc.arguments import text, trainable
from paramcalc.errors import ConfigError, ParamcalcError, ShapeError, shown, type_name
from paramcalc.shapes import LARGEST, Shape, Shapes, ShapesLike, are_several, as_int, as_shapes, axis_names
from paramcalc.tied import Listed
from paramcalc.weights import Weight
from paramcalc.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from paramcalc.explain import Explanation
    from paramcalc.graph import Output, Placed
    from paramcalc.pickles import Kept

Tally: TypeAlias = tuple[Shapes, int, int]
"""The output shape, the parameters, and how many of them are trained."""

Memo: TypeAlias = dict[tuple[int, str, Shapes], Any]
"""What one evaluation found for the models inside a model: by identity, question and input shape."""

LAST: tuple[int, str, Shapes] = (0, "answer", ())
"""The key under which the last answer is kept, in a memo that has it: who counts may then ask what that costs."""

LARGEST_COST = 2**8192 - 1
"""Beyond any network, and within what Python prints."""

DEEPEST = 100
"""How many layers may be nested in one another: far more than any network has, and less than Python's recursion."""

STEM = "stem"
"""The key of a field's metadata that says: a number for each spatial axis, called so ("kernel" → "kernel height")."""

OTHERWISE = "otherwise"
"""The key of a field's metadata that says: where it is None, as the argument of this name."""

AXES = "axes"
"""The key of a field's metadata that says: numbers of axes of the input, which are counted from either end."""

LEADING = "leading"
"""The key of a field's metadata that says: written first and without its name, though it may be left out."""


LONGEST_NAME = 1_000
"""How many characters a name may have: every row of a table is as wide as the longest."""


def _name(value: str | None) -> str | None:
    name = None if value is None else text("name", value)
    if name is not None and len(name) > LONGEST_NAME:
        raise ConfigError("name", f"of at most {LONGEST_NAME} characters", shown(name))
    return name


def snake_case(class_name: str) -> str:
    """The name that a layer of this class gets by itself, as Keras forms it.

    >>> snake_case("Conv2D"), snake_case("MultiHeadAttention"), snake_case("GAP")
    ('conv2d', 'multi_head_attention', 'gap')
    """
    name = class_name[:1]
    for before, letter, after in zip(class_name, class_name[1:], f"{class_name[2:]} ", strict=False):
        begins = "A" <= letter <= "Z" and ("a" <= before <= "z" or "a" <= after <= "z")
        name += f"_{letter}" if begins else letter
    return name.lower()


@attrs.frozen(eq=False, repr=False)
class Layer:
    """One layer of a network. A subclass says what it does to a shape and which arrays it owns; the rest follows.

    Arguments of every layer: `name`, a text that is not empty (left out, a model numbers it: `conv2d`, `conv2d_1`),
    and `trainable`, whether its weights are trained.

    `compute_output_shape(in_shape)` must be written; `compute_weights(in_shape)` where the layer owns arrays;
    `compute_macs` and `compute_connections` where their number is known; `compute_windows` where it slides over axes.
    A class that sets `several_inputs` may be given a tuple of shapes, and its hooks get it; one that sets
    `joins_inputs`, too, gets a tuple also where a graph has one. Any layer may return a tuple of output shapes.

    >>> class Scale(Layer):
    ...     def compute_output_shape(self, in_shape):
    ...         return in_shape
    ...     def compute_weights(self, in_shape):
    ...         return (Weight("factor", {"channels": in_shape[-1]}),)
    >>> Scale().params((28, 28, 8))
    8
    """

    automatic_name: ClassVar[str] = "layer"
    several_inputs: ClassVar[bool] = False
    joins_inputs: ClassVar[bool] = False
    _depth = 0  # how deep layers are nested in it; what holds layers has a field of this name, set by depth_around
    _compared: ClassVar[Callable[[Any], tuple[Any, ...]]]  # each class has its own, once it is asked for

    name: str | None = attrs.field(default=None, converter=_name, kw_only=True)
    trainable: bool = attrs.field(default=True, converter=trainable, kw_only=True)

    def __init_subclass__(cls) -> None:
        if "__init__" in vars(cls) and "__attrs_attrs__" not in vars(cls):
            # Without attrs its arguments would be no part of its value: not compared, not copied, not explained
            hint = "declare its arguments as fields and decorate the class with @attrs.frozen"
            raise ConfigError(f"{type_name(cls)}.__init__", "left to attrs", "one that is written out", hint)
        if "__repr__" not in vars(cls):
            inherited = cls.__repr__

            def own(layer: Any) -> str:
                return inherited(layer)

            cls.__repr__ = own  # type: ignore[method-assign]  # attrs keeps what a class has, and no base has, too
        cls.automatic_name = snake_case(cls.__name__)

    # What makes it a value. Here for all: attrs would write both for every class, a quarter of what a class costs

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        take = compared(type(self))
        return take(self) == take(other)

    def __hash__(self) -> int:
        return hash((type(self), compared(type(self))(self)))

    # What a subclass writes

    def compute_output_shape(self, in_shape: Any) -> Any:
        """Hook, which every layer writes: the output shape. Raises `ShapeError` where the input shape does not fit."""
        raise ConfigError(
            f"{type_name(type(self))}.compute_output_shape", "written by the class of the layer", "nothing"
        )

    def compute_weights(self, in_shape: Any) -> tuple[Weight, ...]:
        """Hook: the arrays that the layer owns, in Keras's order; none unless a subclass says so."""
        return ()

    def compute_macs(self, in_shape: Any, output_shape: Any, weights: tuple[Weight, ...]) -> int | None:
        """Hook: the multiply-adds for one example; None, which means not known, unless a subclass says so."""
        return None

    def compute_connections(self, in_shape: Any, output_shape: Any, weights: tuple[Weight, ...]) -> int | None:
        """Hook: the inputs of every unit plus its bias; None, which means not known, unless a subclass says so."""
        return None

    def compute_windows(self, in_shape: Any) -> tuple[Window, ...] | None:
        """Hook: the window on each spatial axis, empty where each position is seen alone, None where not known."""
        return None

    # What everybody asks

    def output_shape(self, in_shape: ShapesLike) -> Shape | Any:
        """The shape that comes out for an input of this shape, both without the batch axis.

        A layer that joins several inputs takes a tuple of shapes; one with several outputs returns a tuple of them.
        Raises `ShapeError` where the layer cannot take the shape. Axes that are None, not known, pass through
        wherever the answer does not need them.

        >>> from paramcalc import Conv2D
        >>> Conv2D(8, 5).output_shape((32, None, 3))
        (28, None, 8)
        """
        return self._output_shape(as_shapes(in_shape), {})

    def weights(self, in_shape: ShapesLike) -> tuple[Weight, ...]:
        """The arrays that the layer owns when it is built for an input of this shape.

        Raises `ShapeError` where the layer cannot take the shape, or needs an axis that is None.

        >>> from paramcalc import Dense
        >>> [(weight.name, weight.shape) for weight in Dense(10).weights((84,))]
        [('kernel', (84, 10)), ('bias', (10,))]
        """
        return self._answer(as_shapes(in_shape))[1]

    def params(self, in_shape: ShapesLike) -> int:
        """How many parameters the layer has: the sum of the sizes of its weights, trained or not.

        Raises `ShapeError` as `weights` does.

        >>> from paramcalc import Conv2D
        >>> Conv2D(8, 5).params((32, 32, 3))
        608
        """
        return self._tally(as_shapes(in_shape), {})[1]

    def macs(self, in_shape: ShapesLike) -> int | None:
        """The multiply-adds of one example's forward pass, or None where their number is not known.

        Counted are multiply-adds with weights and between activations. Biases, pooling, activation functions,
        normalisation and look-ups count 0. One multiply-add is two FLOPs.

        >>> from paramcalc import Conv2D, Pool
        >>> Conv2D(8, 5).macs((32, 32, 3)), Conv2D(8, 5).macs((None, 32, 3)), Pool(2).macs((28, 28, 8))
        (470400, None, 0)
        """
        return self._cost("compute_macs", as_shapes(in_shape), {})

    def connections(self, in_shape: ShapesLike) -> int | None:
        """The connections as LeCun et al. counted them in 1998: the inputs of every unit plus its bias.

        An input in the padding counts as any other. None where the number is not known.

        >>> from paramcalc import Conv2D
        >>> Conv2D(6, 5).connections((32, 32, 1))  # C1 of LeNet-5
        122304
        """
        return self._cost("compute_connections", as_shapes(in_shape), {})

    def windows(self, in_shape: ShapesLike) -> tuple[Window, ...] | None:
        """The window that one output sees on each spatial axis; empty where it sees one position, None if not known.

        >>> from paramcalc import Pool
        >>> Pool(3, 2).windows((28, 8))
        (Window(kernel=3, stride=2, dilation=1),)
        """
        return self._windows(as_shapes(in_shape))

    def explain(self, in_shape: ShapesLike) -> Explanation:
        """Where every number comes from: each output axis and each weight in words, in numbers and as a value.

        Raises `ShapeError` as `weights` does.

        >>> from paramcalc import Dense
        >>> print(Dense(10).explain((84,)))
        Dense(10) on (84,)
          output features = units = 10
          kernel          = input features × units = 84 × 10 = 840
          bias            = units = 10
          params          = (input features + 1) × units = (84 + 1) × 10 = 850
        """
        from paramcalc.explain import explain_layer  # a later room: loaded when it is asked for

        return explain_layer(self, as_shapes(in_shape))

    def layout(self, in_shape: Any, before: str | None) -> str:
        """Where the channels of the input are, by the layer's own data format or by that of the layers `before`.

        What has windows over axes knows; what has none, like Flatten, has a default that may not be meant.

        >>> from paramcalc import Conv2D, Flatten
        >>> Flatten().layout((8, 6, 6), Conv2D(8, 3, data_format="channels_first").layout((3, 8, 8), None))
        'channels_first'
        """
        own: str | None = getattr(self, "data_format", None)
        if own == "channels_first" or (own and self._windows(in_shape) != ()):
            return own
        return before or own or "channels_last"

    def _axis_names(self, shape: Shape, in_shape: Shapes, data_format: str) -> tuple[str, ...]:
        """What the axes of `shape` are called, which goes into the layer or comes out of it for this input."""
        return axis_names(len(shape), data_format)

    # How it comes into a graph

    def __call__(self, *inputs: Output | Sequence[Output]) -> Any:
        """What comes out of the layer in a graph, given what comes out of others; `Input(...)()` is a beginning.

        A layer with several outputs gives a tuple of them. Raises `ShapeError` where the layer cannot take the shape,
        and `ConfigError` for what is no output of a layer. See `Model` for how a graph becomes a model.

        >>> from paramcalc import Dense, Input
        >>> Dense(4)(Input((3,))()).shape
        (4,)
        """
        return _caller()(self, inputs)

    def place(self) -> Placed:
        """The layer as one that may be called several times in a graph, always with the same weights.

        >>> from paramcalc import Dense
        >>> shared = Dense(4).place()
        >>> shared
        Dense(4).place()
        """
        from paramcalc.graph import Placed  # a later room: loaded when it is asked for

        return Placed(self)

    # How the answers are put together; a model does it differently

    def _gathered(self, in_shapes: tuple[Shape, ...]) -> Shapes:
        """What a call on these inputs gives the layer: one shape alone, unless the layer is there to join several."""
        return in_shapes[0] if len(in_shapes) == 1 and not self.joins_inputs else in_shapes

    def _settle(self) -> None:
        """Brings arguments into their final form: when the layer is made, and again on a copy with labelled numbers."""

    def _called(self, hook: str, in_shape: Shapes, *found: object) -> Any:
        """What a hook returns; whatever it raises comes out as an error of this library."""
        try:
            return getattr(self, hook)(in_shape, *found)
        except ParamcalcError:
            raise
        except Exception as error:
            raise self._failed(hook, in_shape, error) from error

    def _output_shape(self, in_shape: Shapes, memo: Memo) -> Shapes:
        if in_shape and type(in_shape[0]) is tuple and not self.several_inputs:
            raise not_one(in_shape)
        return self._checked(self._called("compute_output_shape", in_shape), in_shape)

    def _answer(self, in_shape: Shapes) -> tuple[Shapes, tuple[Weight, ...]]:
        if in_shape and type(in_shape[0]) is tuple and not self.several_inputs:
            raise not_one(in_shape)
        hook = "compute_output_shape"
        try:
            output_shape = self._checked(self.compute_output_shape(in_shape), in_shape)
            hook = "compute_weights"
            weights = self.compute_weights(in_shape)
            if type(weights) is not tuple:
                weights = tuple(weights)
        except ParamcalcError:
            raise
        except Exception as error:
            raise self._failed(hook, in_shape, error) from error
        for weight in weights:
            if type(weight) is not Weight:
                raise ConfigError(f"every weight of {type_name(type(self))}", "a Weight", shown(weight))
        return output_shape, weights if self.trainable else frozen(weights)

    def _tally(self, in_shape: Shapes, memo: Memo) -> Tally:
        output_shape, weights = answer = self._answer(in_shape)
        if LAST in memo:
            memo[LAST] = self, in_shape, answer
        total = trained = 0
        for weight in weights:
            size = weight.size
            total += size
            if weight.trainable:
                trained += size
        return output_shape, total, trained

    def _cost(self, hook: str, in_shape: Shapes, memo: Memo) -> int | None:
        last: tuple[Any, Any, Any] = memo.get(LAST) or (None, None, None)
        layer, asked_on, answer = last
        if layer is not self or asked_on != in_shape:
            answer = self._answer(in_shape)
        output_shape, weights = answer
        return self._asked(hook, in_shape, output_shape, weights)

    def _asked(self, hook: str, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        """What a hook that counts costs says, checked; what fails for want of an axis is not known."""
        try:
            cost = self._called(hook, in_shape, output_shape, weights)
        except ShapeError as error:
            if error.__cause__ is not None and is_open(in_shape, output_shape):
                return None
            raise
        return self._checked_cost(hook, cost)

    def _checked_cost(self, hook: str, cost: object) -> int | None:
        if cost is None:
            return None
        number = cost if type(cost) is int else as_int(cost)
        if number is None or not 0 <= number <= LARGEST_COST:
            raise ConfigError(f"{type_name(type(self))}.{hook}", "None or an int from 0", shown(cost))
        return number

    def _windows(self, in_shape: Shapes) -> tuple[Window, ...] | None:
        self._output_shape(in_shape, {})
        windows = self._called("compute_windows", in_shape)
        if windows is None or (type(windows) is tuple and all(isinstance(window, Window) for window in windows)):
            return windows
        raise ConfigError(f"{type_name(type(self))}.compute_windows", "None or a tuple of Window", shown(windows))

    def _checked(self, output_shape: object, in_shape: Shapes) -> Shapes:
        """The output shape of a hook as a plain tuple of axes that can be."""
        if output_shape is in_shape:
            return in_shape  # which has been checked
        shape = tuple(output_shape) if isinstance(output_shape, list) else output_shape
        if type(shape) is tuple:
            for axis in shape:
                if axis is not None and (type(axis) is not int or not 0 < axis <= LARGEST):
                    break
            else:
                return shape
        return as_shapes(shape, f"{type_name(type(self))}'s output shape")

    def _failed(self, hook: str, in_shape: Shapes, error: Exception) -> ShapeError:
        return ShapeError(f"{type_name(type(self))}.{hook}", "able to answer", f"{shown(error)} from {shown(in_shape)}")

    def _listed(self, in_shape: Shapes, memo: Memo) -> tuple[Listed, ...]:
        """Every weight with its path, those that are tied to others, too."""
        return tuple(Listed(weight.name, weight, weight.name) for weight in self.weights(in_shape))

    def _has_the_same_weights(self, one: Shapes, other: Shapes, memo: Memo) -> bool:
        """Whether the weights are of the same shapes on two input shapes."""
        shapes = [[weight.shape for weight in self.weights(each)] for each in (one, other)]
        return shapes[0] == shapes[1]

    def _holds(self, path: str) -> bool:
        """Whether a path of names leads to a layer in this one, or is empty and means this one."""
        return not path

    def _left_out(self, field: attrs.Attribute[Any]) -> object:
        """What a field holds where its argument is left out."""
        return field.default

    def _written(self, field: attrs.Attribute[Any]) -> object:
        """What a field holds, in the shortest form that its argument may have."""
        value = getattr(self, field.name)
        return folded(value, getattr(self, "rank", 0)) if STEM in field.metadata else value

    def _arguments(self) -> Iterator[tuple[str, object]]:
        """The arguments that make it, by name; those that hold their default are left out."""
        for field in attrs.fields(type(self)):
            if field.init and not same(value := self._written(field), self._left_out(field)):
                yield field.alias, value

    def _said(self) -> Iterator[tuple[str | None, object]]:
        """The arguments that make it, as they are written: first those without a name, then those with one."""
        required: list[tuple[str | None, object]] = []
        others: list[tuple[str | None, object]] = []
        every = attrs.fields(type(self))
        shared = len(attrs.fields(Layer))
        for field in (*every[shared:], *every[:shared]):
            value = self._written(field)
            leads = LEADING in field.metadata or (field.default is attrs.NOTHING and not field.kw_only)
            if field.init and leads:
                required.append((None, value))
            elif field.init and not same(value, self._left_out(field)):
                others.append((field.alias, value))
        yield from required + others

    def __repr__(self) -> str:
        said = (f"{name}={value!r}" if name else repr(value) for name, value in self._said())
        return f"{type(self).__name__}({', '.join(said)})"

    def __reduce__(self) -> Kept:
        from paramcalc.pickles import kept  # few are pickled: loaded when one is

        return kept(self)

    def __rich_repr__(self) -> Iterator[tuple[str | None, object]]:
        yield from self._said()


class Passing(Layer):
    """A layer that passes on what it gets, position by position: no weights, no cost.

    >>> Passing().output_shape((28, 28, 3)), Passing().macs((28, 28, 3))
    ((28, 28, 3), 0)
    """

    __slots__ = ()

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        return ()


@cache
def _caller() -> Callable[[Layer, tuple[Output | Sequence[Output], ...]], Any]:
    """What draws a call, from a later room: looked for once, for that takes a quarter of the time of a call."""
    from paramcalc.graph import called

    return called


def compared(kind: type[Layer]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes out of a layer of this class the arguments by which it is compared.

    Each is compared as it is: where a field says another way (`eq=` with a function), attrs must write equality.

    >>> from paramcalc import Dense
    >>> compared(Dense)(Dense(4))
    (None, True, 4, None, True, None, None)
    """
    known: Callable[[Any], tuple[Any, ...]] | None = vars(kind).get("_compared")
    if known is None:
        known = kind._compared = attrgetter(*[field.name for field in attrs.fields(kind) if field.eq])
    return known


def depth_around(*layers: Layer) -> int:
    """How deep layers are nested in one that holds these.

    Raises `ConfigError` for more than a hundred.

    >>> from paramcalc import Dense, TimeDistributed
    >>> depth_around(Dense(4)), depth_around(TimeDistributed(Dense(4)), Dense(4))
    (1, 2)
    """
    depth = 1 + max(layer._depth for layer in layers)
    if depth > DEEPEST:
        raise ConfigError("layers in layers", f"at most {DEEPEST} deep", str(depth))
    return depth


def not_one(in_shape: Shapes) -> ShapeError:
    """The error of a layer that takes one input and was given several.

    >>> not_one(((28, 28), (28, 28))).hint
    'join them before it: Add(), Concatenate() and others do'
    """
    hint = "join them before it: Add(), Concatenate() and others do"
    return ShapeError("in_shape", "one shape", f"{len(in_shape)} of them: {shown(in_shape)}", hint)


def is_open(*shapes: Shapes) -> bool:
    """Whether an axis of the shapes is not known yet.

    >>> is_open((28, 28)), is_open(((28, 28), (None, 3)))
    (False, True)
    """
    return any(None in shape for each in shapes for shape in (each if are_several(each) else (each,)))


def frozen(weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """The same weights, none of them trained.

    >>> frozen((Weight("bias", {"units": 10}),))[0].trainable
    False
    """
    return tuple(attrs.evolve(weight, trainable=False) for weight in weights)


def same(value: object, default: object) -> bool:
    """Whether an argument is its default; what will not say so counts as another.

    >>> same(1, 1), same(1, 2)
    (True, False)
    """
    try:
        return bool(value == default)
    except Exception:  # noqa: BLE001 (a foreign __eq__ may raise anything: numpy's arrays do)
        return False


def folded(value: object, rank: int) -> object:
    """The short way to write one number or padding for each axis, where it is known how many axes there are.

    >>> folded((5, 5), 2), folded(((1, 1), (2, 2)), 2), folded(((0, 1), (0, 1)), 2)
    (5, (1, 2), ((0, 1), (0, 1)))
    """
    if not rank or not isinstance(value, tuple) or not value:
        return value
    if all(isinstance(pair, tuple) and pair[0] == pair[1] for pair in value):
        value = tuple(pair[0] for pair in value)
    return value[0] if value == value[:1] * rank and not isinstance(value[0], tuple) else value
