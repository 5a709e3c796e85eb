"""Where every number comes from, step by step.

Knows: how a layer's hooks are run on ints that remember their expression. Must not know: any family, how steps print.

A layer is copied with its arguments turned into labelled numbers, its input shape likewise, and asked what it is
always asked: the arithmetic that is explained is the arithmetic that is used.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

import attrs

from paramcalc import formula
from paramcalc.errors import type_name
from paramcalc.evaluation import placed, repeats_in
from paramcalc.layers.base import LAST, STEM, Layer, Memo, same
from paramcalc.model import Model
from paramcalc.rows import check_opened
from paramcalc.shapes import UNKNOWN, Shape, Shapes, added_up, are_several, one_by_one, product
from paramcalc.tied import Repeats
from paramcalc.traced import Traced
from paramcalc.weights import Weight

AxisNames: TypeAlias = Callable[[Shape], tuple[str, ...]]
PLAIN = 2
"""The largest size that an explanation leaves as it is where a layer states it: one vector, two of something."""
COSTS = {"MACs": "compute_macs", "connections": "compute_connections"}
"""What is counted beside the weights, and the hook that counts it."""


def _written(expression: int | None) -> str:
    return UNKNOWN if expression is None else f"{formula.words(expression)} = {formula.numbers(expression)}"


@attrs.frozen
class Step:
    """One number and where it comes from.

    Attributes: `layer`, the name of the layer in its model (empty for a layer alone); `what` the number is ("output
    height", "kernel"); `detail`, True for what the short form leaves out; `notes`, remarks on what the formula
    does not show by itself, such as the kind of padding or a division that really rounds.

    >>> from paramcalc import Dense
    >>> step = Dense(10).explain((84,)).steps[1]
    >>> step.what, step.words, step.numbers, step.value
    ('kernel', 'input features × units', '84 × 10', 840)
    """

    layer: str
    what: str
    _expression: int | None = attrs.field(alias="expression", eq=_written, repr=_written)
    detail: bool = False
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> int | None:
        """The number itself, or None where it is not known.

        >>> Step("", "bias", Traced.leaf(8, "filters")).value
        8
        """
        return None if self._expression is None else int(self._expression)

    @property
    def words(self) -> str:
        """The formula in words.

        >>> Step("", "bias", Traced.leaf(8, "filters")).words
        'filters'
        """
        return UNKNOWN if self._expression is None else formula.words(self._expression)

    @property
    def numbers(self) -> str:
        """The formula with the numbers put in: evaluated, it gives `value`.

        >>> Step("", "bias", Traced.leaf(8, "filters")).numbers
        '8'
        """
        return UNKNOWN if self._expression is None else formula.numbers(self._expression)

    @property
    def value_text(self) -> str:
        """The number as it is printed.

        >>> Step("", "bias", None).value_text
        'unknown'
        """
        return UNKNOWN if self._expression is None else str(self.value)

    @property
    def latex(self) -> str:
        r"""The whole equation for LaTeX's math mode: what = words = numbers = value.

        >>> print(Step("", "bias", Traced.leaf(8, "filters")).latex)
        \text{bias} = \text{filters} = 8
        """
        return " = ".join(self.latex_sides)

    @property
    def latex_sides(self) -> tuple[str, ...]:
        r"""The sides of that equation, without those that repeat another.

        >>> Step("", "bias", Traced.leaf(8, "filters")).latex_sides[-1]
        '8'
        """
        what = rf"\text{{{formula.latex_text(self.what)}}}"
        if self._expression is None:
            return what, rf"\text{{{UNKNOWN}}}"
        sides = (formula.latex(self._expression), formula.latex(self._expression, with_numbers=True), self.value_text)
        return what, *dict.fromkeys(sides)

    @property
    def short(self) -> Step:
        """The same step without the operations that do nothing, such as a division by a stride of 1.

        >>> from paramcalc import Conv1D
        >>> step = Conv1D(4, 3).explain((9, 1)).steps[0]
        >>> step.numbers, step.short.numbers
        ('⌊(9 − (1 × (3 − 1) + 1)) / 1⌋ + 1', '9 − 3 + 1')
        """
        if self._expression is None:
            return self
        return Step(self.layer, self.what, formula.simplified(self._expression), self.detail, self.notes)


@attrs.frozen
class Part:
    """The steps of one layer, or the totals of a model.

    Attributes: `name` of the layer in its model (empty for a layer alone); `layer`, as it is written in Python (empty
    for a model's totals); `in_shape`; `steps`.

    >>> from paramcalc import Dense
    >>> part = Dense(10).explain((84,)).parts[0]
    >>> part.layer, part.in_shape, len(part.steps)
    ('Dense(10)', (84,), 8)
    """

    name: str
    layer: str
    in_shape: Shapes
    steps: tuple[Step, ...]


@attrs.frozen(repr=False)
class Explanation:
    """Where every number of a layer or a model comes from.

    `parts` are the layers in order, and then the totals of a model; `steps` are all their steps. Every format prints
    the `short` form, without what says nothing new, unless it is asked for the full one.

    >>> from paramcalc import Dense
    >>> explanation = Dense(10).explain((84,))
    >>> [step.what for step in explanation.short.steps]
    ['output features', 'kernel', 'bias', 'params']
    >>> [step.what for step in explanation.steps][4:]
    ['trainable params', 'non-trainable params', 'MACs', 'connections']
    """

    parts: tuple[Part, ...]

    def __repr__(self) -> str:
        return f"<Explanation in {len(self.steps)} steps: print it>"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all parts: one for every output axis, every weight and every total.

        >>> from paramcalc import Flatten
        >>> [str(step.value) for step in Flatten().explain((5, 5, 16)).short.steps]
        ['400', '0']
        """
        return tuple(step for part in self.parts for step in part.steps)

    @property
    def short(self) -> Explanation:
        """The same without the details: totals that say nothing new, and operations that do nothing.

        >>> from paramcalc import Conv2D
        >>> Conv2D(8, 5).explain((32, 32, 3)).short.steps[0].words
        'input height − kernel height + 1'
        """
        return Explanation(
            tuple(
                Part(part.name, part.layer, part.in_shape, tuple(step.short for step in part.steps if not step.detail))
                for part in self.parts
            )
        )

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, full: bool = False) -> str:
        """One aligned equation a step, under a heading for each part.

        >>> from paramcalc import Flatten
        >>> print(Flatten().explain((5, 16)).to_text(full=True))
        Flatten() on (5, 16)
          output features      = input length × input channels = 5 × 16 = 80
          params               = 0
          trainable params     = 0
          non-trainable params = 0
          MACs                 = 0
          connections          = 0
        """
        from paramcalc.render.text import explanation_as_text

        return explanation_as_text(self if full else self.short)

    def to_markdown(self, *, full: bool = False) -> str:
        """A Markdown table for each part.

        >>> from paramcalc import Dropout
        >>> print(Dropout(0.5).explain((84,)).to_markdown())
        **Dropout(0.5) on (84,)**
        <BLANKLINE>
        | what | formula | numbers | value |
        | :--- | :--- | :--- | ---: |
        | output features | input features | 84 | 84 |
        | params | 0 | 0 | 0 |
        """
        from paramcalc.render.markdown import explanation_as_markdown

        return explanation_as_markdown(self if full else self.short)

    def to_latex(self, *, full: bool = False) -> str:
        r"""An `align*` of the package amsmath for each part.

        >>> from paramcalc import Dropout
        >>> print(Dropout(0.5).explain((84,)).to_latex())
        \paragraph{Dropout(0.5) on (84,)}
        \begin{align*}
        \text{output features} &= \text{input features} \\
        &= 84 \\
        \text{params} &= 0
        \end{align*}
        """
        from paramcalc.render.latex import explanation_as_latex

        return explanation_as_latex(self if full else self.short)

    def to_html(self, *, full: bool = False) -> str:
        """A part of a page: of one layer a table, of several a line for each, which opens to its table.

        >>> from paramcalc import Dropout
        >>> Dropout(0.5).explain((84,)).to_html().startswith('<div class="paramcalc">')
        True
        """
        from paramcalc.render.notebook import explanation_in_notebook

        return explanation_in_notebook(self if full else self.short)

    def to_csv(self, *, full: bool = False) -> str:
        """One row a step: its layer, what it counts, the formula, the numbers in it, the value and notes.

        >>> from paramcalc import Dropout
        >>> print(Dropout(0.5).explain((84,)).to_csv(), end="")
        layer,what,formula,numbers,value,notes
        ,output features,input features,84,84,
        ,params,0,0,0,
        """
        from paramcalc.render.csv import explanation_as_csv

        return explanation_as_csv(self if full else self.short)

    def to_dict(self) -> dict[str, Any]:
        """Every step as plain values that JSON takes, one flat row each.

        >>> from paramcalc import Dense
        >>> Dense(10).explain((84,)).to_dict()["steps"][2]["words"]
        'units'
        """
        return {
            "steps": [
                {
                    "layer": step.layer,
                    "what": step.what,
                    "words": step.words,
                    "numbers": step.numbers,
                    "latex": step.latex,
                    "value": step.value,
                    "notes": "; ".join(step.notes),
                }
                for step in self.steps
            ]
        }

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return self.to_html()

    def __rich_console__(self, console: object, options: object) -> Iterator[object]:
        from paramcalc.render.rich import explanation_in_rich

        yield explanation_in_rich(self.short)


def explain_layer(layer: Layer, in_shape: Shapes) -> Explanation:
    """The explanation of one layer on its own.

    >>> from paramcalc import Dropout
    >>> explain_layer(Dropout(0.5), (84,)).steps[0].words
    'input features'
    """
    _answered(layer, in_shape, {})
    data_format = layer.layout(in_shape, None)
    return Explanation((_layer_part("", layer, in_shape, trainable=True, data_format=data_format, repeats={}),))


def explain_model(model: Model, in_shape: Shapes) -> Explanation:
    """The explanation of every layer of a model, of the models inside it, and then of the totals.

    Raises `ConfigError` where these are too many.

    >>> from paramcalc import Dense
    >>> explain_model(Model([Dense(4), Dense(2)], name="small"), (3,)).parts[-1].name
    'small'
    """
    check_opened(model, None)
    name = model.name or "the whole model"
    memo: Memo = {LAST: None}
    return Explanation(
        tuple(_model_parts(name, "", model, in_shape, memo, trainable=True, data_format=None, repeats={}))
    )


def _answered(layer: Layer, in_shape: Shapes, memo: Memo) -> dict[str, int | None]:
    """What the layer counts on plain numbers, by `COSTS`.

    They come first: what is not answered is not explained, and a hook that keeps its results keeps plain ones.
    """
    layer._tally(in_shape, memo)
    return {what: layer._cost(hook, in_shape, memo) for what, hook in COSTS.items()}


def _layer_part(
    name: str, layer: Layer, in_shape: Shapes, *, trainable: bool, data_format: str, repeats: Repeats
) -> Part:
    def names(shape: Shape) -> tuple[str, ...]:
        return layer._axis_names(shape, in_shape, data_format)

    labelled_shape = _with_axes_called("input", in_shape, names)
    labelled = _labelled(layer)
    output_shape, owned = labelled._answer(labelled_shape)
    weights = tuple(map(_with_labelled_axes, owned))
    steps = [
        *(_step(name, axis, _sourced(size, layer)) for axis, size in _named_axes("output", output_shape, names)),
        *(_weight_step(name, weight, repeats) for weight in weights),
        *_weight_totals(name, [weight for weight in weights if weight.name not in repeats], trainable=trainable),
    ]
    # The costs start from the output's axes as they are called, not from how they came about
    called = _with_axes_called("output", output_shape, names)
    for what, hook in COSTS.items():
        steps.append(_step(name, what, labelled._asked(hook, labelled_shape, called, weights), detail=True))
    return Part(name, repr(layer), in_shape, tuple(steps))


def _named_axes(of: str, shapes: Shapes, names: AxisNames) -> list[tuple[str, int | None]]:
    """Each axis with what it is called: "input height", and "input 2 height" where there are several inputs."""
    numbered = are_several(shapes)
    return [
        (f"{of} {number} {axis}" if numbered else f"{of} {axis}", size)
        for number, shape in enumerate(one_by_one(shapes), 1)
        for axis, size in zip(names(shape), shape, strict=True)
    ]


def _with_axes_called(of: str, shapes: Shapes, names: AxisNames) -> Shapes:
    """The same shapes, of ints that know what they are called."""
    leaves = iter(_named_axes(of, shapes, names))
    called = tuple(
        tuple(size if size is None else Traced.leaf(int(size), axis) for axis, size in islice(leaves, len(shape)))
        for shape in one_by_one(shapes)
    )
    return called if are_several(shapes) else called[0]


def _with_labelled_axes(weight: Weight) -> Weight:
    """A size that a hook states without computing it is called as its axis is."""
    axes = [(name, Traced.leaf(size, name) if type(size) is int else size) for name, size in weight.axes]
    return Weight(weight.name, axes, weight.trainable)


def _weight_step(name: str, weight: Weight, repeats: Repeats) -> Step:
    """The size of a weight, and where it is counted if that is elsewhere."""
    step = _step(name, weight.name, weight.size)
    if weight.name not in repeats:
        return step
    return attrs.evolve(step, notes=(*step.notes, f"tied to {repeats[weight.name].first}, and counted there"))


def _weight_totals(name: str, weights: Sequence[Weight], *, trainable: bool) -> Iterator[Step]:
    trained = [weight for weight in weights if weight.trainable and trainable]
    fixed = [weight for weight in weights if not (weight.trainable and trainable)]
    for what, some in (("params", weights), ("trainable params", trained), ("non-trainable params", fixed)):
        expression = formula.total([weight.name for weight in some], [weight.size for weight in some])
        yield _step(name, what, expression, detail=what != "params" and not fixed)


def _model_parts(
    name: str,
    prefix: str,
    model: Model,
    in_shape: Shapes,
    memo: Memo,
    *,
    trainable: bool,
    data_format: str | None,
    repeats: Repeats,
) -> Iterator[Part]:
    """The parts of a model's layers, and then the part of its totals."""
    trainable = trainable and model.trainable
    rows: list[tuple[str, dict[str, int | None]]] = []
    formats: list[str] = []
    own = repeats_in(model, in_shape, memo).items()
    repeats = {**repeats, **{path: repeat._replace(first=prefix + repeat.first) for path, repeat in own}}
    for own_name, layer, shape, tally, in_shapes, sources, _, tied in placed(model, in_shape, memo, repeats):
        _, params, own_trained = tally
        path = f"{prefix}{own_name}"
        costs = [
            (model._located(own_name, each, _answered, layer, each, memo), times)
            for each, times in Counter(in_shapes).items()
        ]
        before = formats[sources[0][0]] if sources else data_format
        formats.append(layer.layout(shape, before))
        if isinstance(layer, Model):
            yield from _model_parts(
                path, f"{path}/", layer, shape, memo, trainable=trainable, data_format=before, repeats=tied
            )
        else:
            explained = partial(_layer_part, trainable=trainable, data_format=formats[-1], repeats=tied)
            yield model._located(own_name, shape, explained, path, layer, shape)
        trained = own_trained if trainable else 0
        rows.append((own_name, {
            "params": params, "trainable params": trained, "non-trainable params": params - trained,
            **{what: added_up(product((cost[what], times)) for cost, times in costs) for what in COSTS},
        }))  # fmt: skip
    frozen = any(numbers["non-trainable params"] for _, numbers in rows)
    steps = []
    for what in rows[0][1]:
        detail = what in COSTS or (what != "params" and not frozen)
        steps.append(_step(name, what, _summed([(row, numbers[what]) for row, numbers in rows]), detail=detail))
    yield Part(name, "", in_shape, tuple(steps))


def _summed(values: Sequence[tuple[str, int | None]]) -> int | None:
    """The sum of the layers' numbers, each under the name of its layer; None where one is not known."""
    leaves = [None if value is None else Traced.leaf(value, name) for name, value in values if value != 0]
    known = [leaf for leaf in leaves if leaf is not None]
    if len(known) < len(leaves):
        return None
    if len(known) <= 1:
        return known[0] if known else 0
    return Traced.of("sum", sum(map(int, known)), tuple(known), (1,) * len(known))


def _step(layer: str, what: str, expression: int | None, *, detail: bool = False) -> Step:
    return Step(layer, what, expression, detail, () if expression is None else formula.remarks(expression))


def _sourced(size: int | None, layer: Layer) -> int | None:
    """A size that a hook states without computing it comes from the layer itself, unless it is as plain as a 1."""
    if size is None or isinstance(size, Traced) or size <= PLAIN:
        return size
    return Traced.leaf(size, f"set by {type_name(type(layer))}")


def _labelled(layer: Layer) -> Layer:
    """A copy of the layer whose numbers know what they are called."""
    twin = copy.copy(layer)
    for field in attrs.fields(type(layer)):
        if field.init or field.default is not attrs.NOTHING:
            stem = field.metadata.get(STEM)
            words = stem or field.alias.replace("_", " ").strip()
            labelled = _with_labels(getattr(layer, field.name), words, field.default, one_name=stem is not None)
            object.__setattr__(twin, field.name, labelled)
    if isinstance(twin, Model):
        object.__setattr__(twin, "_known", None)  # found on plain numbers
    twin._settle()
    return twin


def _with_labels(value: Any, name: str, default: object, *, one_name: bool) -> Any:
    """An argument with its numbers labelled, those inside tuples, lists and layers among them.

    `one_name` is for what has a number for each axis: spreading it over the axes adds their names.
    """
    if type(value) is int:
        return Traced.leaf(value, name, idle=same(value, default))
    if isinstance(value, Layer):
        return _labelled(value)
    if type(value) not in (tuple, list):
        return value
    return type(value)(
        _with_labels(each, name if one_name else f"{name} {index}", default if one_name else None, one_name=one_name)
        for index, each in enumerate(value)
    )
