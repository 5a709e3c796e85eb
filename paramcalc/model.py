"""A chain or a graph of layers, which is itself a layer.

Knows: how layers are named, and what a model is. Must not know: any family of layers but `Input`, tables.

A model is a value: compared, hashed, pickled and evolved by its layers and calls. What follows from them (names, totals
where the input shape is known) is computed once, when it is made, and so a wrong model is refused then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs

from paramcalc.arguments import integer
from paramcalc.errors import ConfigError, ParamcalcError, Place, ShapeError, nearest, shown, type_name
from paramcalc.evaluation import count_shape, have_the_same_weights, listed_in, output_shape_of, placed, tally_of
from paramcalc.layers.base import LAST, LEADING, Layer, Memo, Tally, depth_around, is_open
from paramcalc.layers.core import Input
from paramcalc.model_arguments import are_equal, as_calls, as_given, as_inputs, as_layers, as_outputs, numbered
from paramcalc.shapes import Shape, Shapes, ShapesLike, added_up, are_several, as_int, as_shapes, require_fit
from paramcalc.tied import Listed, Ties, as_ties, prefixes
from paramcalc.weights import Weight
from paramcalc.windows import Window

if TYPE_CHECKING:
    from paramcalc.explain import Explanation
    from paramcalc.graph import Call, Source
    from paramcalc.summary import DType, Summary

Answer = TypeVar("Answer")


@attrs.frozen(repr=False, cache_hash=True, unsafe_hash=True)
class Model(Layer):  # noqa: PLW1641 (attrs writes the hash)
    """Layers one after the other, or in a graph without cycles. A model is a layer, so models nest.

    `Model([Conv2D(8, 5), Flatten(), Dense(10)])` is a chain: what comes out of one goes into the next; equal layers in
    it are separate layers. For a graph, call layers on what comes out of others, from `Input(...)()` on, and name the
    two ends: `Model(inputs=x, outputs=y)`. A layer that owns weights may stand in a graph once; `place()` it to call it
    again with the same weights.

    Arguments: `layers`, any iterable of layers, the first of which may be an `Input`; or, by keyword, `inputs` and
    `outputs`, each one or a list. By keyword also: `in_shape`, the input shape where there is no `Input`, or what its
    None axes are; `name`; `trainable`, False to freeze all weights; `tied`, lists of paths of weights that are the same
    arrays and count once, in the first layer that has them, `[("tokens/embeddings", "head/kernel")]`, where the path of
    a layer, or of a model in the model, stands for all its weights; and `calls`, how a graph is written as a value,
    with `inputs` and `outputs` as positions: `calls=[(0,), (1, 0), (2, 1, 0)]` calls layers[1] on what comes out of
    call 0, and layers[2] on what comes out of calls 1 and 0; `(1, (0, 2))` takes the third output of call 0.

    Attributes: `layers`, in the order of their first calls; `names`, one for each; `calls`, `inputs`, `outputs`, empty
    for a chain; `in_shape`, the input shape (a tuple of them for several inputs), or None where neither an `Input` nor
    the argument says it. Where it is known, every method may be called without one. `len`, iteration, `model[2]`,
    `model["conv2d_1"]` and `in` (for a layer or a name) work on the layers.

    Raises `ConfigError` for no layers, for what is no layer, for an `Input` inside a chain, for two layers with the
    same name, for models nested more than 100 deep, for a graph whose outputs hang on other inputs, for a second call
    of a layer that owns weights and for a path that leads nowhere; `ShapeError`, with the layer's position and name
    and its input shape, where the layers do not fit together, and where tied weights are of other sizes.

    >>> from paramcalc import Add, Conv2D, Flatten
    >>> model = Model([Conv2D(8, 5), Conv2D(16, 5), Flatten()], in_shape=(32, 32, 3))
    >>> model.output_shape(), model.params(), model.names
    ((9216,), 3824, ('conv2d', 'conv2d_1', 'flatten'))
    >>> model["conv2d_1"]
    Conv2D(16, 5)
    >>> x = Input((32, 32, 8))()
    >>> y = Conv2D(8, 3, padding="same")(x)
    >>> Model(inputs=x, outputs=Add()(y, x))
    Model((Input((32, 32, 8)), Conv2D(8, 3, padding='same'), Add()), calls=((0,), (1, 0), (2, 1, 0)))
    """

    several_inputs = True

    layers: tuple[Layer, ...] = attrs.field(default=(), converter=as_layers, metadata={LEADING: True})
    calls: tuple[Call, ...] = attrs.field(default=(), converter=as_calls, kw_only=True)
    inputs: tuple[int, ...] = attrs.field(default=(), converter=as_inputs, kw_only=True)
    outputs: tuple[Source, ...] = attrs.field(default=(), converter=as_outputs, kw_only=True)
    tied: Ties = attrs.field(default=(), converter=as_ties, kw_only=True)
    _given: Shapes | None = attrs.field(default=None, converter=as_given, alias="in_shape", kw_only=True)
    in_shape: Shapes | None = attrs.field(init=False, eq=False)
    _positions: dict[str, int] = attrs.field(init=False, eq=False)
    _shared: frozenset[int] = attrs.field(init=False, eq=False)
    _tied: frozenset[int] = attrs.field(init=False, eq=False)
    _depth: int = attrs.field(init=False, eq=False)
    _known: Tally | None = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        put = object.__setattr__
        own: Shapes | None = None
        if self.calls or self.inputs or self.outputs:
            self._settle_graph()
        elif not self.layers:
            raise ConfigError("layers", "at least one layer", "none")
        for position, layer in enumerate(() if self.calls else self.layers):
            if position and isinstance(layer, Input):
                raise ConfigError(
                    "an Input", "the first layer", f"layers[{position}]", "for several inputs, draw a graph"
                )
        put(self, "_positions", numbered(self.layers))
        often = Counter([call.layer for call in self.calls]) if len(self.calls) > len(self.layers) else {}
        put(self, "_shared", frozenset([position for position, number in often.items() if number > 1]))
        put(self, "_tied", frozenset(self._position_in(path) for group in self.tied for path in group))
        put(self, "_depth", depth_around(*self.layers))
        if self.calls:
            starts = tuple(self._shape_of_input(call) for call in self.inputs)
            own = starts[0] if len(starts) == 1 else starts
            if self._given is not None:
                require_fit(self._given, own, "as its inputs say")
        else:
            first = self.layers[0]
            own = first.shape if isinstance(first, Input) else first.in_shape if isinstance(first, Model) else None
        if own is not None and self._given == own:
            put(self, "_given", None)
        put(self, "in_shape", own if self._given is None else self._given)
        put(self, "_known", None)
        if self.in_shape is None:
            return
        if is_open(self.in_shape):
            # The weights may need an axis that comes later
            output_shape_of(self, self.in_shape, {})
        else:
            put(self, "_known", tally_of(self, self.in_shape, {}))

    def _settle_graph(self) -> None:
        """Brings what was drawn or written into the one form of a table; a line needs none."""
        from paramcalc.graph import Output, drawn, written  # chains do without

        if any(isinstance(item, Output) for item in (*self.inputs, *self.outputs)):
            if self.layers or self.calls:
                raise ConfigError("layers and calls", "left out where outputs of layers are given", shown(self.layers))
            table = drawn(self.inputs, self.outputs)
        elif not self.calls:
            raise ConfigError(
                "inputs and outputs", "what layers in a graph gave out", shown(self.inputs or self.outputs)
            )
        else:
            table = written(self.layers, self.calls, self.inputs, self.outputs)
        is_chain = table.is_line and not _gives_several(table.layers)
        object.__setattr__(self, "layers", table.layers)
        for name in ("calls", "inputs", "outputs"):
            object.__setattr__(self, name, () if is_chain else getattr(table, name))

    def _position_in(self, path: str) -> int:
        """The position of the layer that a path begins with."""
        name = next((prefix for prefix in prefixes(path) if prefix in self._positions), None)
        if name is None:
            got = shown(path)
            raise ConfigError("a path in tied", "that of weights of the model", got, nearest(path, self.names))
        return self._positions[name]

    def _holds(self, path: str) -> bool:
        name = next((prefix for prefix in prefixes(path) if prefix in self._positions), None)
        if name is None or name == path:
            return path in ("", name)
        rest = path[len(name) + 1 :]
        return rest != "" and self.layers[self._positions[name]]._holds(rest)

    def _listed(self, in_shape: Shapes, memo: Memo) -> tuple[Listed, ...]:
        return self._remembered("listed", listed_in, in_shape, memo)

    def _has_the_same_weights(self, one: Shapes, other: Shapes, memo: Memo) -> bool:
        return have_the_same_weights(self, one, other, memo)

    def _shape_of_input(self, call: int) -> Shape:
        layer = self.layers[self.calls[call].layer]
        assert isinstance(layer, Input)  # noqa: S101 (graph.py let nothing else through)
        return layer.shape

    # The layers

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers, in order.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2), Dense(1, name="output")]).names
        ('dense', 'dense_1', 'output')
        """
        return tuple(self._positions)

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is type(self) and are_equal(self, other))

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __contains__(self, item: object) -> bool:
        return item in self._positions if isinstance(item, str) else item in self.layers

    @overload
    def __getitem__(self, key: int | str) -> Layer: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Layer, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Layer | tuple[Layer, ...]:
        if isinstance(key, str):
            if key not in self._positions:
                raise ConfigError("the name of a layer", f"one of {shown(list(self._positions))}", shown(key))
            return self.layers[self._positions[key]]
        size = len(self.layers)
        index = key if isinstance(key, slice) else as_int(key)
        try:
            if index is not None:
                return self.layers[index]
        except (TypeError, IndexError, ValueError):
            pass
        raise ConfigError("the index of a layer", f"a name, a slice, or an int from {-size} to {size - 1}", shown(key))

    # The answers, which a model gives without an input shape where it knows it

    def output_shape(self, in_shape: ShapesLike | None = None) -> Shape | Any:
        """The shape that comes out of the last layer.

        Raises `ShapeError`, with the layer's place, where a layer does not fit.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).output_shape((3,))
        (2,)
        """
        return self._output_shape(self._start(in_shape), {})

    def weights(self, in_shape: ShapesLike | None = None) -> tuple[Weight, ...]:
        """The arrays of all layers, in order, each under `layer/weight` as its name.

        Raises `ShapeError` as `output_shape` does, and `ConfigError` where models in it hold too many layers.

        >>> from paramcalc import Dense
        >>> [weight.name for weight in Model([Dense(4), Dense(2)]).weights((3,))]
        ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias']
        """
        from paramcalc.rows import check_opened  # as where models in a model are opened

        check_opened(self, None)
        return super().weights(self._start(in_shape))

    def params(self, in_shape: ShapesLike | None = None) -> int:
        """How many parameters all layers have together, trained or not.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).params((3,))
        26
        """
        return self._tally(self._start(in_shape), {})[1]

    def macs(self, in_shape: ShapesLike | None = None) -> int | None:
        """The multiply-adds of all layers together, or None where those of one are not known.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).macs((3,))
        20
        """
        return self._cost("compute_macs", self._start(in_shape), {})

    def connections(self, in_shape: ShapesLike | None = None) -> int | None:
        """The connections of all layers together, or None where those of one are not known.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).connections((3,))
        26
        """
        return self._cost("compute_connections", self._start(in_shape), {})

    def windows(self, in_shape: ShapesLike | None = None) -> tuple[Window, ...] | None:
        """What one output sees of the input: the receptive field of the last layer, as a window on each axis.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Conv1D
        >>> Model([Conv1D(4, 3), Conv1D(4, 3, 2)]).windows((20, 4))
        (Window(kernel=5, stride=2, dilation=1),)
        """
        return self._windows(self._start(in_shape))

    def explain(self, in_shape: ShapesLike | None = None) -> Explanation:
        """Where every number of every layer comes from, and then the totals.

        Raises `ShapeError` as `output_shape` does, and `ConfigError` for models that hold more than a million layers.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).explain((3,)).steps[-1].words
        'dense + dense_1'
        """
        from paramcalc.explain import explain_model  # a later room: loaded when it is asked for

        return explain_model(self, self._start(in_shape))

    def summary(
        self, in_shape: ShapesLike | None = None, *, depth: int | None = 1, dtype: DType = "float32"
    ) -> Summary:
        """The facts of every layer and the totals, which print as the table that Keras users know.

        `depth` is how far models inside models are opened: at 1, a model in the model is one row; at 2, its layers have
        rows of their own, named `block/conv2d`; None opens all. `dtype` is what one number is stored as, for the sizes
        in bytes. Totals do not hang on either. Raises `ShapeError` as `output_shape` does,
        and `ConfigError` for a dtype that is not known, and for models of more than a million layers that are opened.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).summary((3,)).total_params
        26
        """
        from paramcalc.summary import summarise  # a later room: loaded when it is asked for

        return summarise(self, self._start(in_shape), dtype, None if depth is None else integer("depth", depth))

    def to_svg(self, in_shape: ShapesLike | None = None, *, depth: int | None = 1) -> str:
        """A picture of what comes out of each layer, with its shape, its kernel and bars for what it costs.

        `depth` is how far models inside models are opened, as in `summary`. The text is a whole SVG document, without
        script and without anything from outside. Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).to_svg((3,))[:4]
        '<svg'
        """
        from paramcalc.render.svg import summary_as_svg  # a later room: loaded when it is asked for

        return summary_as_svg(self.summary(in_shape, depth=depth))

    def to_mermaid(self, in_shape: ShapesLike | None = None, *, depth: int | None = 1) -> str:
        """A flowchart in the language of Mermaid, which GitHub draws; models that are opened are subgraphs.

        `depth` is how far models inside models are opened, as in `summary`. Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> print(Model([Dense(4), Dense(2)]).to_mermaid((3,)))
        flowchart TB
            n0["dense<br/>Dense<br/>4<br/>16 params<br/>12 MACs"]
            n1["dense_1<br/>Dense<br/>2<br/>10 params<br/>8 MACs"]
            n0 --> n1
        """
        from paramcalc.render.mermaid import summary_as_mermaid  # a later room: loaded when it is asked for

        return summary_as_mermaid(self.summary(in_shape, depth=depth))

    def to_dot(self, in_shape: ShapesLike | None = None, *, depth: int | None = 1) -> str:
        r"""A graph in the language of Graphviz; models that are opened are clusters.

        `depth` is how far models inside models are opened, as in `summary`. Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> print(Model([Dense(4), Dense(2)]).to_dot((3,)))
        digraph "model" {
            node [shape=box, fontname="Helvetica"]
            graph [fontname="Helvetica"]
            n0 [label="dense\nDense\n4\n16 params\n12 MACs"]
            n1 [label="dense_1\nDense\n2\n10 params\n8 MACs"]
            n0 -> n1
        }
        """
        from paramcalc.render.dot import summary_as_dot  # a later room: loaded when it is asked for

        return summary_as_dot(self.summary(in_shape, depth=depth))

    def to_dict(self) -> dict[str, Any]:
        """The model as plain values that JSON takes, from which `from_dict` makes an equal one.

        Raises `ConfigError` where a layer holds what is no text, number, list or layer.

        >>> from paramcalc import Dense
        >>> Model([Dense(4)]).to_dict()["version"]
        1
        """
        from paramcalc.formats.native import model_as_dict  # a later room: loaded when it is asked for

        return model_as_dict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any], *, custom: Mapping[str, type[Layer]] | None = None) -> Model:
        """The model that `to_dict` described, here or in another process.

        `custom` maps the names of your own classes of layers to them. Raises `ReadError`, with the path inside the
        data, for whatever is wrong there.

        >>> from paramcalc import Dense
        >>> Model.from_dict(Model([Dense(4)]).to_dict())
        Model((Dense(4),))
        """
        from paramcalc.formats.native import model_from_dict  # a later room: loaded when it is asked for

        return model_from_dict(data, custom)

    def _start(self, in_shape: ShapesLike | None) -> Shapes:
        if in_shape is not None:
            return as_shapes(in_shape)
        if self.in_shape is None:
            hint = "or begin the model with an Input"
            raise ShapeError("in_shape", "given, because the model does not say it", "None", hint)
        return self.in_shape

    # How they are put together

    def _require_fit(self, in_shape: Shapes) -> None:
        if self.in_shape is not None:
            require_fit(in_shape, self.in_shape, "as the model says")

    def _remembered(
        self, question: str, answer: Callable[[Model, Shapes, Memo], Answer], in_shape: Shapes, memo: Memo
    ) -> Answer:
        """The answer, found once in an evaluation: a model that stands in another many times is looked at once."""
        key = (id(self), question, in_shape)
        if key not in memo:
            count_shape(self, question, memo)
            memo[key] = answer(self, in_shape, memo)
        found: Answer = memo[key]
        return found

    def _output_shape(self, in_shape: Shapes, memo: Memo) -> Shapes:
        if self._known is not None and in_shape == self.in_shape:
            return self._known[0]
        return self._remembered("output shape", output_shape_of, in_shape, memo)

    def _located(self, name: str, in_shape: Shapes | None, answer: Callable[..., Answer], *arguments: object) -> Answer:
        """What a layer answers, or its error with its place."""
        try:
            return answer(*arguments)
        except ParamcalcError as error:
            self._locate(error, self._positions[name], in_shape)
            raise

    def _locate(self, error: ParamcalcError, position: int, in_shape: Shapes | None) -> None:
        error.inside(Place(position, self.names[position], type_name(type(self.layers[position])), in_shape))

    def _tally(self, in_shape: Shapes, memo: Memo) -> Tally:
        if self._known is not None and in_shape == self.in_shape:
            return self._known
        return self._remembered("tally", tally_of, in_shape, memo)

    def _cost(self, hook: str, in_shape: Shapes, memo: Memo) -> int | None:
        return self._remembered(hook, partial(_added_up, hook), in_shape, memo)

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        """Hook: what comes out of the last layer."""
        return self._output_shape(in_shape, {})

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        """Hook: the weights of all layers, in order."""
        return tuple(
            attrs.evolve(weight, name=f"{one.name}/{weight.name}")
            for one in placed(self, in_shape, {})
            for weight in one.layer.weights(one.in_shape)
            if weight.name not in one.repeats
        )

    def compute_windows(self, in_shape: Shapes) -> tuple[Window, ...] | None:
        """Hook: what one output of the last layer sees of the model's input."""
        from paramcalc.receptive_fields import receptive_fields  # few ask for it: loaded when they do

        (field,) = receptive_fields([(self, in_shape, ())])
        return () if field is not None and set(field) <= {Window(1)} else field

    def _repr_html_(self) -> str | None:
        try:
            return self.summary()._repr_html_()
        except ShapeError:
            return None  # the input shape is open

    def __rich_console__(self, console: object, options: Any) -> Iterator[object]:
        from paramcalc.render.rich import model_in_rich

        yield model_in_rich(self, options.max_width)

    def _written(self, field: attrs.Attribute[Any]) -> object:
        if field.name in ("calls", "outputs"):
            return tuple(each.short for each in getattr(self, field.name))
        return super()._written(field)

    def _left_out(self, field: attrs.Attribute[Any]) -> object:
        if self.calls and field.name == "inputs":
            return tuple(index for index, call in enumerate(self.calls) if not call.inputs)
        return (len(self.calls) - 1,) if self.calls and field.name == "outputs" else super()._left_out(field)

    def _in_short(self) -> str:
        """How messages name a model, which may hold more layers than could be printed."""
        return f"<Model of {len(self.layers)} layers>"


def _gives_several(line: tuple[Layer, ...]) -> bool:
    """Whether a layer of a line has several outputs, of which the line takes the first: a chain would take all."""
    memo: Memo = {}
    shape: Shapes = getattr(line[0], "shape", ())
    try:
        for layer in line:
            shape = layer._output_shape(shape, memo)
            if are_several(shape):
                return True
    except ParamcalcError:
        pass  # it does not fit, which is said with its place when the model is evaluated
    return False


def _added_up(hook: str, model: Model, in_shape: Shapes, memo: Memo) -> int | None:
    memo.setdefault(LAST, None)
    return added_up(
        model._located(one.name, shape, one.layer._cost, hook, shape, memo)
        for one in placed(model, in_shape, memo)
        for shape in one.in_shapes
    )
