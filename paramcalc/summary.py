"""The facts of a model, one row a layer, and the columns that tables make of them.

Knows: facts, and which of them a column shows. Must not know: how anything is formatted (see `render/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, cast

import attrs

from paramcalc.arguments import choice
from paramcalc.errors import ConfigError, meant, shown
from paramcalc.model import Model
from paramcalc.rows import Row, rows_of
from paramcalc.shapes import Shapes, added_up, are_several, one_by_one, product

DType: TypeAlias = Literal[
    "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"
]
DTYPES: dict[DType, int] = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
}
"""The bytes of one number of each type."""

DEFAULT_COLUMNS = ("layer", "output_shape", "params")
DATA_COLUMNS = ("name", "type", "output_shape", "params", "trainable_params", "macs")


def _dtype(value: DType) -> DType:
    return cast("DType", choice("dtype", value, tuple(DTYPES)))


@attrs.frozen
class Summary:
    """The facts of a model: its rows and totals. As text it is the table that Keras users know.

    Attributes: `name`; `rows`, one for each layer, a nested model being one; `dtype`, for sizes in bytes; by
    `of`, what it is a summary of: the model and its input shape, where a notebook is to show more than rows. Totals:
    `total_params`, `trainable_params`, `non_trainable_params`, `macs`.

    >>> from paramcalc import Dense
    >>> summary = Model([Dense(4), Dense(2)], name="small").summary((3,))
    >>> summary.total_params, summary.macs
    (26, 20)
    >>> print(summary)
    Model: "small"
    ┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
    ┃ Layer (type)    ┃ Output Shape ┃ Param # ┃
    ┡━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
    │ dense (Dense)   │ (None, 4)    │      16 │
    ├─────────────────┼──────────────┼─────────┤
    │ dense_1 (Dense) │ (None, 2)    │      10 │
    └─────────────────┴──────────────┴─────────┘
     Total params: 26 (104 B)
     Trainable params: 26 (104 B)
     Non-trainable params: 0 (0 B)
    """

    name: str
    rows: tuple[Row, ...]
    dtype: DType = attrs.field(default="float32", converter=_dtype)
    _of: tuple[Model, Shapes] | None = attrs.field(default=None, alias="of", eq=False, repr=False)
    total_params: int = attrs.field(init=False, eq=False)
    trainable_params: int = attrs.field(init=False, eq=False)
    macs: int | None = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "total_params", sum([row.params for row in self.rows]))
        object.__setattr__(self, "trainable_params", sum([row.trainable_params for row in self.rows]))
        object.__setattr__(self, "macs", added_up([row.macs for row in self.rows]))

    @property
    def non_trainable_params(self) -> int:
        """The parameters that are not trained.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2, trainable=False)]).summary((3,)).non_trainable_params
        10
        """
        return self.total_params - self.trainable_params

    def bytes(self, numbers: int) -> int:
        """The bytes that so many numbers take in the summary's dtype.

        >>> from paramcalc import Dense
        >>> summary = Model([Dense(4)]).summary((3,), dtype="float16")
        >>> summary.bytes(summary.total_params)
        32
        """
        return numbers * DTYPES[self.dtype]

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, columns: Iterable[str] = DEFAULT_COLUMNS) -> str:
        """The table in Keras's layout, as wide as it needs to be. The columns are those of `COLUMNS`.

        Raises `ConfigError` for a column that is not known.

        >>> from paramcalc import Dense
        >>> print(Model([Dense(4)]).summary((3,)).to_text(["name", "weight_shapes", "params_percent"]))
        Model: "model"
        ┏━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┓
        ┃ Name  ┃ Weight Shapes ┃ % of Params ┃
        ┡━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━┩
        │ dense │ (3, 4), (4,)  │    100.00 % │
        └───────┴───────────────┴─────────────┘
         Total params: 16 (64 B)
         Trainable params: 16 (64 B)
         Non-trainable params: 0 (0 B)
        """
        from paramcalc.render.text import summary_as_text

        return summary_as_text(self, chosen(columns))

    def to_markdown(self, columns: Iterable[str] = DEFAULT_COLUMNS) -> str:
        """A Markdown table, and the totals as a list.

        Raises `ConfigError` for a column that is not known.

        >>> from paramcalc import Dense
        >>> print(Model([Dense(4)]).summary((3,)).to_markdown())
        **Model: model**
        <BLANKLINE>
        | Layer (type) | Output Shape | Param # |
        | :--- | :--- | ---: |
        | dense (Dense) | (None, 4) | 16 |
        <BLANKLINE>
        - Total params: 16 (64 B)
        - Trainable params: 16 (64 B)
        - Non-trainable params: 0 (0 B)
        """
        from paramcalc.render.markdown import summary_as_markdown

        return summary_as_markdown(self, chosen(columns))

    def to_html(self, columns: Iterable[str] = DEFAULT_COLUMNS) -> str:
        """An HTML table with the totals in its foot.

        Raises `ConfigError` for a column that is not known.

        >>> from paramcalc import Dense
        >>> Model([Dense(4)]).summary((3,)).to_html().splitlines()[0]
        '<table>'
        """
        from paramcalc.render.html import summary_as_html

        return summary_as_html(self, chosen(columns))

    def to_latex(self, columns: Iterable[str] = DEFAULT_COLUMNS) -> str:
        r"""A LaTeX `tabular`, which needs no package, with the totals as its last lines.

        Raises `ConfigError` for a column that is not known.

        >>> from paramcalc import Dense
        >>> print(Model([Dense(4)]).summary((3,)).to_latex(["name", "params"]).splitlines()[5])
        dense & 16 \\
        """
        from paramcalc.render.latex import summary_as_latex

        return summary_as_latex(self, chosen(columns))

    def to_csv(self, columns: Iterable[str] = DATA_COLUMNS) -> str:
        """Comma-separated values: a row of headers, one for each layer, and a last row `Total`.

        Names stand first where the columns hold none; shapes are data here, and without the batch axis.

        Raises `ConfigError` for a column that is not known.

        >>> from paramcalc import Dense
        >>> print(Model([Dense(400)]).summary((3,)).to_csv(["name", "output_shape", "params"]), end="")
        Name,Output Shape,Param #
        dense,"(400,)",1600
        Total,,1600
        """
        from paramcalc.render.csv import summary_as_csv

        return summary_as_csv(self, chosen(columns))

    def to_dict(self) -> dict[str, Any]:
        """The facts as plain values that JSON takes: flat `rows`, one for each layer, and the totals.

        >>> from paramcalc import Dense
        >>> Model([Dense(4)]).summary((3,)).to_dict()["rows"][0]["output_shape"]
        [4]
        """
        return {
            "name": self.name,
            "rows": [
                {
                    "name": row.name,
                    "type": row.type,
                    "in_shape": _listed(row.in_shape),
                    "output_shape": _listed(row.output_shape),
                    "params": row.params,
                    "trainable_params": row.trainable_params,
                    "non_trainable_params": row.non_trainable_params,
                    "macs": row.macs,
                    "inputs": list(row.inputs),
                    "calls": row.calls,
                }
                for row in self.rows
            ],
            "dtype": self.dtype,
            "total_params": self.total_params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            "macs": self.macs,
        }

    def _repr_html_(self) -> str:
        from paramcalc.render.notebook import summary_in_notebook

        return self.to_html() if self._of is None else summary_in_notebook(self, *self._of)

    def __rich_console__(self, console: object, options: Any) -> Iterator[object]:
        from paramcalc.render.rich import summary_in_rich

        yield summary_in_rich(self, options.max_width)


def _listed(shapes: Shapes) -> list[Any]:
    return [list(shape) for shape in shapes] if are_several(shapes) else list(shapes)


def summarise(model: Model, in_shape: Shapes, dtype: DType, depth: int | None = 1) -> Summary:
    """The summary of a model for this input shape.

    >>> from paramcalc import Dense
    >>> summarise(Model([Dense(4)], name="small"), (3,), "float32").name
    'small'
    """
    return Summary(model.name or model.automatic_name, rows_of(model, in_shape, depth), dtype, (model, in_shape))


# The columns of a table

Kind: TypeAlias = Literal["text", "shape", "shapes", "sizes", "count", "counts", "percent"]
"""How the values of a column are written; None is unknown in each."""


class Column(NamedTuple):
    """One column of a table: its header, how its values are written, its values row by row, and their total.

    >>> COLUMNS["params"].header
    'Param #'
    """

    header: str
    kind: Kind
    values: Callable[[Summary], Iterable[Any]]
    total: Callable[[Summary], Any] | None = None
    of_macs: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the column stands on the right.

        >>> COLUMNS["params"].is_number, COLUMNS["name"].is_number
        (True, False)
        """
        return self.kind in ("count", "counts", "percent")


class Share(NamedTuple):
    """A part of a whole, exactly.

    >>> Share(608, 62958)
    Share(part=608, whole=62958)
    """

    part: int
    whole: int


def _by_row(value: Callable[[Row], Any]) -> Callable[[Summary], Iterable[Any]]:
    return lambda summary: map(value, summary.rows)


def _trainable(row: Row) -> str:
    if not row.params:
        return ""
    if row.trainable_params == row.params:
        return "yes"
    return "partly" if row.trainable_params else "no"


def _params_shares(summary: Summary) -> Iterable[Share]:
    return (Share(row.params, summary.total_params) for row in summary.rows)


def _macs_shares(summary: Summary) -> Iterable[Share | None]:
    for row in summary.rows:
        yield None if row.macs is None or summary.macs is None else Share(row.macs, summary.macs)


def _running_params(summary: Summary) -> Iterable[int]:
    return accumulate(row.params for row in summary.rows)


def _running_params_by_weight(summary: Summary) -> Iterable[tuple[int, ...]]:
    running = 0
    for row in summary.rows:
        totals = []
        for weight in row.weights:
            running += weight.size
            totals.append(running)
        yield tuple(totals)


def _output_size(row: Row) -> int | None:
    """How many numbers come out, of all outputs together."""
    return added_up(product(shape) for shape in one_by_one(row.output_shape))


def _output_bytes(summary: Summary) -> Iterable[int | None]:
    for row in summary.rows:
        size = _output_size(row)
        yield None if size is None else summary.bytes(size)


def _receptive_field(summary: Summary) -> Iterable[tuple[int, ...] | None]:
    from paramcalc.receptive_fields import receptive_fields  # few ask for it: loaded when they do

    positions = {row.name: position for position, row in enumerate(summary.rows)}
    steps = [
        (row.layer, row.in_shape, [positions[name] for name in row.inputs if name in positions]) for row in summary.rows
    ]
    again = len(positions) < len(summary.rows)
    for row, field in zip(summary.rows, receptive_fields(steps), strict=True):
        # Which call of a layer the rows behind it take from, they do not say
        again = again or row.calls > 1
        yield None if field is None or again else tuple(window.kernel for window in field)


COLUMNS: Mapping[str, Column] = MappingProxyType({
    "layer": Column("Layer (type)", "text", _by_row(lambda row: f"{row.name} ({row.type})")),
    "name": Column("Name", "text", _by_row(lambda row: row.name)),
    "type": Column("Type", "text", _by_row(lambda row: row.type)),
    "in_shape": Column("Input Shape", "shape", _by_row(lambda row: row.in_shape)),
    "output_shape": Column("Output Shape", "shape", _by_row(lambda row: row.output_shape)),
    "kernel": Column("Kernel", "sizes", _by_row(lambda row: tuple(window.kernel for window in row.sliding))),
    "weight_shapes": Column("Weight Shapes", "shapes", _by_row(lambda row: tuple(w.shape for w in row.weights))),
    "params": Column("Param #", "count", _by_row(lambda row: row.params), lambda summary: summary.total_params),
    "connected_to": Column("Connected to", "text", _by_row(lambda row: ", ".join(row.inputs))),
    "trainable": Column("Trainable", "text", _by_row(_trainable)),
    "trainable_params": Column(
        "Trainable Param #",
        "count",
        _by_row(lambda row: row.trainable_params),
        lambda summary: summary.trainable_params,
    ),
    "non_trainable_params": Column(
        "Non-trainable Param #",
        "count",
        _by_row(lambda row: row.non_trainable_params),
        lambda summary: summary.non_trainable_params,
    ),
    "params_percent": Column(
        "% of Params", "percent", _params_shares, lambda summary: Share(summary.total_params, summary.total_params)
    ),
    "running_params": Column("Running Total", "count", _running_params, lambda summary: summary.total_params),
    "running_params_by_weight": Column("Running Total by Weight", "counts", _running_params_by_weight),
    "macs": Column("MACs", "count", _by_row(lambda row: row.macs), lambda summary: summary.macs, of_macs=True),
    "macs_percent": Column("% of MACs", "percent", _macs_shares, lambda summary: _whole(summary.macs), of_macs=True),
    "output_size": Column("Output Size", "count", _by_row(_output_size)),
    "output_bytes": Column("Output Bytes", "count", _output_bytes),
    "weight_bytes": Column(
        "Weight Bytes",
        "count",
        lambda summary: (summary.bytes(row.params) for row in summary.rows),
        lambda summary: summary.bytes(summary.total_params),
    ),
    "receptive_field": Column("Receptive Field", "sizes", _receptive_field),
})  # fmt: skip
"""Every column that a table can have, by the name that it is asked for."""


def _whole(number: int | None) -> Share | None:
    return None if number is None else Share(number, number)


def chosen(columns: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these names, in this order.

    Raises `ConfigError` for a name that is not known, which lists those that are.

    >>> [column.header for column in chosen(["name", "macs"])]
    ['Name', 'MACs']
    """
    try:
        names = () if isinstance(columns, str) else tuple(columns)
    except Exception:  # noqa: BLE001 (a foreign iterator may raise anything)
        names = ()
    if not names:
        raise ConfigError("columns", f"a list of one or more of {', '.join(COLUMNS)}", shown(columns))
    for index, name in enumerate(names):
        if not isinstance(name, str) or name not in COLUMNS:
            raise ConfigError(f"columns[{index}]", f"one of {', '.join(COLUMNS)}", shown(name), meant(name, COLUMNS))
    return tuple(COLUMNS[name] for name in names)
