"""Ints that remember how they were computed.

Knows: arithmetic. Must not know: layers, shapes, or how an expression is printed (`formula.py` does that).

The arithmetic of the library is written once, on ints. Run on plain ints it gives a number; run on `Traced` ints it
gives the same number and the expression behind it. A `Traced` is a leaf, which has a label ("kernel height"), or an
operation on operands. Python's `max`, `min`, `%`, `divmod`, `**`, `abs` and `int()` keep the value and drop the
expression, so the hooks of a layer use the functions below instead. They return plain ints for plain ints.

An operation is one of: `sum` (operands with a sign each), `product`, `quotient` (exact), `floor` and `ceil` (of a
division), `min` and `max`, or empty for a leaf.
"""

from __future__ import annotations

from typing import TypeVar

Number = TypeVar("Number", bound=int)


class Traced(int):
    """An int with a label, or with the operation and the operands that it is the result of.

    `idle` marks a leaf that holds its argument's default, such as a stride of 1: a short formula may leave it out
    where it changes nothing. `notes` are remarks in words on what the expression does not show.

    >>> height, kernel = Traced.leaf(32, "input height"), Traced.leaf(5, "kernel height")
    >>> (height - kernel + 1).operation, height - kernel + 1
    ('sum', 28)
    """

    operation: str
    operands: tuple[int, ...]
    signs: tuple[int, ...]
    label: str
    idle: bool
    notes: tuple[str, ...]

    @classmethod
    def leaf(cls, value: int, label: str, *, idle: bool = False, notes: tuple[str, ...] = ()) -> Traced:
        """A number that has a name.

        >>> Traced.leaf(3, "input channels").label
        'input channels'
        """
        return cls._made(value, label=label, idle=idle, notes=notes)

    @classmethod
    def of(cls, operation: str, value: int, operands: tuple[int, ...], signs: tuple[int, ...] = ()) -> Traced:
        """The result of an operation.

        >>> Traced.of("max", 7, (7, 4)).operands
        (7, 4)
        """
        return cls._made(value, operation, operands, signs)

    @classmethod
    def _made(
        cls,
        value: int,
        operation: str = "",
        operands: tuple[int, ...] = (),
        signs: tuple[int, ...] = (),
        *,
        label: str = "",
        idle: bool = False,
        notes: tuple[str, ...] = (),
    ) -> Traced:
        made = cls(value)
        made.operation, made.operands, made.signs = operation, operands, signs
        made.label, made.idle, made.notes = label, idle, notes
        return made

    def __add__(self, other: int) -> int:
        return _added(self, 1, other) if isinstance(other, int) else NotImplemented

    def __radd__(self, other: int) -> int:
        if not isinstance(other, int):
            return NotImplemented
        # sum() starts from 0
        return self if other == 0 and type(other) is int else _added(other, 1, self)

    def __sub__(self, other: int) -> int:
        return _added(self, -1, other) if isinstance(other, int) else NotImplemented

    def __rsub__(self, other: int) -> int:
        return _added(other, -1, self) if isinstance(other, int) else NotImplemented

    def __mul__(self, other: int) -> int:
        return _multiplied(self, other) if isinstance(other, int) else NotImplemented

    def __rmul__(self, other: int) -> int:
        if not isinstance(other, int):
            return NotImplemented
        # math.prod() and product loops start from 1
        return self if other == 1 and type(other) is int else _multiplied(other, self)

    def __floordiv__(self, other: int) -> int:
        return _floored(self, other) if isinstance(other, int) else NotImplemented

    def __rfloordiv__(self, other: int) -> int:
        return _floored(other, self) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> int:
        # -(-a // b) is the usual way to write the ceiling of a / b
        if self.operation == "floor":
            above, below = self.operands
            if isinstance(above, Traced) and above.operation == "sum" and above.signs == (-1,):
                return Traced.of("ceil", -int(self), (above.operands[0], below))
        return Traced.of("sum", -int(self), (self,), (-1,))

    def __pos__(self) -> int:
        return self


def _added(left: int, sign: int, right: int) -> Traced:
    operands, signs = (left,), (1,)
    if isinstance(left, Traced) and left.operation == "sum":
        operands, signs = left.operands, left.signs  # type: ignore[assignment]  # tuples of any length
    return Traced.of("sum", int(left) + sign * int(right), (*operands, right), (*signs, sign))


def _multiplied(left: int, right: int) -> Traced:
    return Traced.of("product", int(left) * int(right), (*factors(left), *factors(right)))


def factors(number: int) -> tuple[int, ...]:
    """The factors of a product; anything else is its own only one.

    >>> factors(Traced.leaf(5, "height") * Traced.leaf(4, "width")), factors(20)
    ((5, 4), (20,))
    """
    return number.operands if isinstance(number, Traced) and number.operation == "product" else (number,)


def _floored(above: int, below: int) -> Traced:
    return Traced.of("floor", int(above) // int(below), (above, below))


def quotient(above: int, below: int) -> int:
    """`above / below` where nothing is left over; where something is, it is rounded down as by `//`.

    >>> quotient(64, 4), quotient(7, 2)
    (16, 3)
    """
    value = above // below
    if type(value) is not int and int(value) * int(below) == int(above):
        return Traced.of("quotient", int(value), (above, below))
    return value


def smallest(first: int, second: int) -> int:
    """The smaller of two numbers, as Python's `min`.

    >>> smallest(3, 4)
    3
    """
    return _extreme("min", first, second, min(first, second))


def largest(first: int, second: int) -> int:
    """The larger of two numbers, as Python's `max`.

    >>> largest(3, 4)
    4
    """
    return _extreme("max", first, second, max(first, second))


def _extreme(operation: str, first: int, second: int, value: int) -> int:
    if isinstance(first, Traced) or isinstance(second, Traced):
        return Traced.of(operation, int(value), (first, second))
    return value


def named(value: Number, label: str, *notes: str) -> Number:
    """`value` under a name of its own, where its expression would say less than the name does.

    >>> named(1516, "table entries")
    1516
    """
    if isinstance(value, Traced):
        return Traced.leaf(int(value), label, idle=value.idle, notes=notes)  # type: ignore[return-value]
    return value


def noted(value: Number, note: str) -> Number:
    """`value` with a remark that an explanation prints beside it.

    >>> noted(14, "same padding")
    14
    """
    if isinstance(value, Traced):
        return Traced._made(  # type: ignore[return-value]  # a Traced came in
            int(value),
            value.operation,
            value.operands,
            value.signs,
            label=value.label,
            idle=value.idle,
            notes=(*value.notes, note),
        )
    return value
