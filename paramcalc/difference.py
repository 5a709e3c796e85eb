"""What differs between two models: the facts, and what they can be made into.

Knows: facts. Must not know: how they are found (see `comparison.py`), how anything is formatted (see `render/`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import attrs

from paramcalc.errors import shown

_MOST_BITS = 256

Kind: TypeAlias = Literal["removed", "added", "changed", "renamed", "equal"]


class Change(NamedTuple):
    """One field of a layer, and what it is in the first and in the second model.

    `field` is an argument of the layer, that of a layer in it with a dot (`layer.units`), `name`, `inputs`, the names
    of what it takes from, `tied`, the weights of others that are its own, `output_shape` or `params`. Where the other
    model does not have the layer, `field` is also `layer`, and the other value None.

    >>> Change("units", 4, 5)
    Change(field='units', first=4, second=5)
    """

    field: str
    first: Any
    second: Any


@attrs.frozen
class Difference:
    """One layer, and what became of it from the first model to the second.

    Attributes: `kind`, "removed" where only the first model has it, "added" where only the second has it, "renamed"
    where its name alone differs, "equal" where nothing does, else "changed"; `name`, in the first model that has it,
    behind the names of the models that it is in; `type`, the name of its class; `changes`, one for each field that
    differs.

    >>> from paramcalc import Dense, Model, diff
    >>> diff(Model([Dense(4)]), Model([Dense(5)])).rows
    (Difference(kind='changed', name='dense', type='Dense', changes=(Change(field='units', first=4, second=5),)),)
    """

    kind: Kind
    name: str
    type: str
    changes: tuple[Change, ...]


class Totals(NamedTuple):
    """The name of a model and its totals, None where they are not known.

    >>> from paramcalc import Dense, Model, diff
    >>> diff(Model([Dense(4)], in_shape=(3,)), Model([Dense(4)])).first
    Totals(name='model', params=16, trainable_params=16, macs=12)
    """

    name: str
    params: int | None
    trainable_params: int | None
    macs: int | None

    @property
    def non_trainable_params(self) -> int | None:
        """The parameters that are not trained.

        >>> Totals("model", 16, 12, None).non_trainable_params
        4
        """
        return None if self.params is None or self.trainable_params is None else self.params - self.trainable_params


@attrs.frozen(repr=False)
class Differences:
    """What differs between two models: false where nothing does, and a table as text, which is empty then.

    Attributes: `layers`, of both models in order, equal ones too; `rows`, those of them that differ; `first` and
    `second`, the totals of both models.

    >>> from paramcalc import Dense, Dropout, Model, diff
    >>> differences = diff(Model([Dense(4), Dense(2)], in_shape=(3,)), Model([Dense(5), Dropout(0.5), Dense(2)]))
    >>> [(row.kind, row.name) for row in differences.rows]
    [('removed', 'input'), ('changed', 'dense'), ('added', 'dropout')]
    >>> bool(differences), len(differences.rows), differences.layers[-1].kind
    (True, 3, 'equal')
    """

    layers: tuple[Difference, ...]
    first: Totals
    second: Totals
    rows: tuple[Difference, ...] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(layer for layer in self.layers if layer.kind != "equal"))

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __repr__(self) -> str:
        return f"<Differences in {len(self.rows)} layers: print them>"

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self) -> str:
        """The table as text; nothing where nothing differs.

        >>> from paramcalc import Dense, Model, diff
        >>> print(diff(Model([Dense(4)], in_shape=(3,)), Model([Dense(5)], in_shape=(3,))))
        ┏━━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━━━━┓
        ┃ Layer (type)  ┃         ┃ Field        ┃ first     ┃ second    ┃
        ┡━━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━━━╇━━━━━━━━━━━┩
        │ dense (Dense) │ changed │ units        │ 4         │ 5         │
        │               │         │ output_shape │ (None, 4) │ (None, 5) │
        │               │         │ params       │ 16        │ 20        │
        └───────────────┴─────────┴──────────────┴───────────┴───────────┘
         Total params: 16 → 20 (+4)
         Trainable params: 16 → 20 (+4)
         Non-trainable params: 0 → 0
         Total MACs: 12 → 15 (+3)
        """
        from paramcalc.render.text import differences_as_text

        return differences_as_text(self)

    def to_markdown(self) -> str:
        """A Markdown table, and the totals as a list; nothing where nothing differs.

        >>> from paramcalc import Dense, Model, diff
        >>> print(diff(Model([Dense(4, name="a")]), Model([Dense(4, name="b")])).to_markdown().splitlines()[2])
        | a (Dense) | renamed | name | a | b |
        """
        from paramcalc.render.markdown import differences_as_markdown

        return differences_as_markdown(self)

    def to_html(self) -> str:
        """An HTML table with the totals in its foot; nothing where nothing differs.

        >>> from paramcalc import Dense, Model, diff
        >>> diff(Model([Dense(4)]), Model([Dense(5)])).to_html().splitlines()[0]
        '<table>'
        """
        from paramcalc.render.html import differences_as_html

        return differences_as_html(self)

    def to_latex(self) -> str:
        r"""A LaTeX `tabular`, with the totals in its last lines; nothing where nothing differs.

        >>> from paramcalc import Dense, Model, diff
        >>> print(diff(Model([Dense(4, name="a")]), Model([Dense(4, name="b")])).to_latex().splitlines()[4])
        a (Dense) & renamed & name & a & b \\
        """
        from paramcalc.render.latex import differences_as_latex

        return differences_as_latex(self)

    def to_csv(self) -> str:
        """One row a field that differs: shapes without the batch axis, and numbers without commas.

        >>> from paramcalc import Dense, Model, diff
        >>> print(diff(Model([Dense(4)]), Model([Dense(5)])).to_csv(), end="")
        layer,type,kind,field,first,second
        dense,Dense,changed,units,4,5
        """
        from paramcalc.render.csv import differences_as_csv

        return differences_as_csv(self)

    def to_dict(self) -> dict[str, Any]:
        """The facts as plain values that JSON takes; what is no text, number or list of them stands as it prints.

        >>> from paramcalc import Dense, Model, diff
        >>> diff(Model([Dense(4)]), Model([Dense(5)])).to_dict()["rows"][0]["changes"]
        [{'field': 'units', 'first': 4, 'second': 5}]
        """
        return {
            "rows": [
                {
                    "kind": row.kind,
                    "name": row.name,
                    "type": row.type,
                    "changes": [
                        {"field": field, "first": _plain(first), "second": _plain(second)}
                        for field, first, second in row.changes
                    ],
                }
                for row in self.rows
            ],
            **{
                key: {**totals._asdict(), "non_trainable_params": totals.non_trainable_params}
                for key, totals in (("first", self.first), ("second", self.second))
            },
        }

    def _repr_html_(self) -> str:
        from paramcalc.render.notebook import differences_in_notebook

        return differences_in_notebook(self)

    def __rich_console__(self, console: object, options: object) -> Iterator[object]:
        from paramcalc.render.rich import differences_in_rich

        yield differences_in_rich(self)


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if value is None or type(value) in (bool, str):
        return value
    is_number = (type(value) is int and value.bit_length() <= _MOST_BITS) or (
        type(value) is float and math.isfinite(value)
    )
    return value if is_number else shown(value)
