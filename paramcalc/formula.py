"""How an expression is written: in words, in numbers, in LaTeX; whole, or without what does not matter.

Knows: the operations of `traced.py`. Must not know: layers, and what the numbers count.

In words a leaf is its label, in numbers its value. Numbers are written with integers, + − × /, parentheses, ⌊ ⌋, ⌈ ⌉,
max(a, b) and min(a, b), so that a program can evaluate them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from paramcalc.errors import printable
from paramcalc.traced import Traced, factors

SUM, PRODUCT, ATOM = 1, 2, 3
FEW = 4
"""The largest number that stands in words without saying what it counts."""
_BINDING = {"sum": SUM, "product": PRODUCT, "quotient": PRODUCT}

LATEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
         "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
         ">": r"\textgreater{}", "|": r"\textbar{}", "`": r"\textasciigrave{}",
         # Signs of our own that not every font has in text
         "−": "-", "×": r"$\times$", "→": r"$\to$",
         # After the end of a row these three would be arguments of it
         "[": "{[}", "]": "{]}", "*": "{*}"}  # fmt: skip


def latex_text(text: str) -> str:
    r"""`text` for LaTeX's text mode: what has a meaning there is escaped, what does not print is written out.

    >>> print(latex_text("a_b & $c$"))
    a\_b \& \$c\$
    """
    return "".join(LATEX.get(character, character) for character in printable(text))


def words(expression: int) -> str:
    """An expression with the names of its numbers.

    >>> words(Traced.leaf(5, "kernel height") * Traced.leaf(3, "input channels"))
    'kernel height × input channels'
    """
    return _Plain(_label).write(expression)


def numbers(expression: int) -> str:
    """An expression with its numbers put in.

    >>> numbers((Traced.leaf(32, "input height") - 5) // Traced.leaf(2, "stride") + 1)
    '⌊(32 − 5) / 2⌋ + 1'
    """
    return _Plain(_value).write(expression)


def latex(expression: int, *, with_numbers: bool = False) -> str:
    r"""An expression for LaTeX's math mode, with names or with numbers.

    >>> print(latex(Traced.leaf(28, "input height") // Traced.leaf(2, "stride")))
    \left\lfloor \frac{\text{input height}}{\text{stride}} \right\rfloor
    """
    return _Latex(_value if with_numbers else _latex_label).write(expression)


def _value(number: int) -> str:
    return f"−{-int(number)}" if number < 0 else str(int(number))


def _label(number: int) -> str:
    return (number.label if isinstance(number, Traced) else "") or _value(number)


def _latex_label(number: int) -> str:
    label = number.label if isinstance(number, Traced) else ""
    return rf"\text{{{latex_text(label)}}}" if label else _value(number).replace("−", "-")


class _Plain:
    """Writes an expression on one line; `leaf` says how a number without operands is written."""

    plus, minus, times = " + ", " − ", " × "

    def __init__(self, leaf: Callable[[int], str]) -> None:
        self.leaf = leaf

    def write(self, expression: int) -> str:
        if not isinstance(expression, Traced) or not expression.operation:
            return self.leaf(expression)
        operation, operands = expression.operation, expression.operands
        if operation == "sum":
            return self._sum(expression)
        if operation == "product":
            return self.times.join(self._bracketed(factor, PRODUCT, first=not index) for index, factor in
                                   enumerate(operands))  # fmt: skip
        if operation == "quotient":
            return self.fraction(*operands)
        if operation in ("floor", "ceil"):
            return self.rounded(operation, self.fraction(*operands))
        return self.extreme(operation, ", ".join(map(self.write, operands)))

    def _sum(self, expression: Traced) -> str:
        written = ""
        for index, (sign, operand) in enumerate(zip(expression.signs, expression.operands, strict=True)):
            text = self._bracketed(operand, SUM, first=not index and sign > 0)
            if index:
                written += (self.plus if sign > 0 else self.minus) + text
            else:
                written = text if sign > 0 else f"{self.minus.strip()}{text}"
        return written

    def _bracketed(self, operand: int, around: int, *, first: bool) -> str:
        """An operand, in brackets where the operation around it binds as tightly or more so."""
        binding = _BINDING.get(operand.operation, ATOM) if isinstance(operand, Traced) else ATOM
        text = self.write(operand)
        begins_a_sum = first and around == SUM
        needed = binding < around or ((binding == around or text[0] in "−-") and not begins_a_sum)
        return self.brackets(text) if needed else text

    def brackets(self, text: str) -> str:
        return f"({text})"

    def fraction(self, above: int, below: int) -> str:
        return f"{self._bracketed(above, PRODUCT, first=True)} / {self._bracketed(below, PRODUCT, first=False)}"

    def rounded(self, operation: str, text: str) -> str:
        return f"⌊{text}⌋" if operation == "floor" else f"⌈{text}⌉"

    def extreme(self, operation: str, text: str) -> str:
        return f"{operation}({text})"


class _Latex(_Plain):
    """Writes an expression for LaTeX's math mode."""

    plus, minus, times = " + ", " - ", r" \times "

    def brackets(self, text: str) -> str:
        return rf"\left( {text} \right)"

    def fraction(self, above: int, below: int) -> str:
        return rf"\frac{{{self.write(above)}}}{{{self.write(below)}}}"

    def rounded(self, operation: str, text: str) -> str:
        return rf"\left\l{operation} {text} \right\r{operation}"

    def extreme(self, operation: str, text: str) -> str:
        return rf"\{operation}\left( {text} \right)"


def remarks(expression: int) -> tuple[str, ...]:
    """What an expression does not show by itself: the notes on its numbers, and the roundings that really round.

    >>> remarks(Traced.leaf(41, "length") // Traced.leaf(2, "stride"))
    ('41 / 2 is rounded down to 20',)
    """
    found: dict[str, None] = {}
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, Traced):
            if node.notes:
                found.update(dict.fromkeys(node.notes))
            pending.extend(reversed(node.operands))
            if node.operation in ("floor", "ceil"):
                above, below = map(int, node.operands)
                if above % below:
                    way = "down" if node.operation == "floor" else "up"
                    found[f"{_value(above)} / {_value(below)} is rounded {way} to {_value(node)}"] = None
    return tuple(found)


# What does not matter


def simplified(expression: int) -> int:
    """The same number without the operations that do nothing: ÷ 1, + 0, × 1 by a default, and − 1 + 1.

    >>> full = (Traced.leaf(32, "n") - Traced.leaf(5, "k")) // Traced.leaf(1, "stride", idle=True) + 1
    >>> words(full), words(simplified(full))
    ('⌊(n − k) / stride⌋ + 1', 'n − k + 1')
    """
    if not isinstance(expression, Traced) or not expression.operation:
        return expression
    operands = tuple(map(simplified, expression.operands))
    value, operation = int(expression), expression.operation
    if operation == "sum":
        return _simplified_sum(value, tuple(_terms(expression.signs, operands)))
    if operation == "product":
        kept = tuple(factor for factor in operands if not _idle_one(factor))
        return _made(operation, value, kept or operands[:1])
    if operation in ("floor", "ceil", "quotient") and operands[1] == 1:
        return operands[0]
    return Traced.of(operation, value, operands)


def _idle_one(factor: int) -> bool:
    return isinstance(factor, Traced) and factor == 1 and factor.idle


def _made(operation: str, value: int, operands: tuple[int, ...]) -> int:
    return operands[0] if len(operands) == 1 else Traced.of(operation, value, operands)


def _terms(signs: Sequence[int], operands: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The terms of a sum with their signs, those of sums inside it among them."""
    for sign, operand in zip(signs, operands, strict=True):
        if isinstance(operand, Traced) and operand.operation == "sum":
            for inner_sign, term in zip(operand.signs, operand.operands, strict=True):
                yield sign * inner_sign, term
        else:
            yield sign, operand


def _simplified_sum(value: int, terms: tuple[tuple[int, int], ...]) -> int:
    literal = sum(sign * term for sign, term in terms if not isinstance(term, Traced))
    # A term that came to 0 is kept, for it says why; a padding of 0 says nothing
    kept: list[tuple[int, int]] = [
        (sign, term) for sign, term in terms if isinstance(term, Traced) and (term != 0 or term.operation)
    ]
    if literal or not kept:
        kept.append((1 if literal >= 0 else -1, abs(literal)))
    if len(kept) == 1 and kept[0][0] > 0:
        return kept[0][1]
    signs, operands = zip(*kept, strict=True)
    return Traced.of("sum", value, operands, signs)


# Totals


def total(names: Sequence[str], sizes: Sequence[int]) -> int:
    """The sum of a layer's weights, as a person would write it.

    Equal terms are counted; a factor that two terms share is bracketed out; more terms are called by their names.

    >>> units = Traced.leaf(10, "units")
    >>> words(total(["kernel", "bias"], [Traced.leaf(84, "inputs") * units, units]))
    '(inputs + 1) × units'
    """
    if not sizes:
        return 0
    if len(sizes) == 1:
        return sizes[0]
    value = sum(map(int, sizes))
    if len(sizes) <= FEW and len(set(map(_identity, sizes))) == 1:
        return Traced.of("product", value, (len(sizes), *factors(sizes[0])))
    if len(sizes) == 2:  # noqa: PLR2004 (a kernel and its bias, as a rule)
        return _bracketed_out(value, sizes[0], sizes[1])
    return Traced.of("sum", value, tuple(map(Traced.leaf, map(int, sizes), names)), (1,) * len(sizes))


def _identity(expression: int) -> tuple[str, int]:
    return words(expression), int(expression)


def _bracketed_out(value: int, first: int, second: int) -> int:
    unmatched = Counter(map(_identity, factors(second)))
    common: list[int] = []
    first_rest: list[int] = []
    for factor in factors(first):
        key = _identity(factor)
        (common if unmatched[key] > 0 else first_rest).append(factor)
        unmatched[key] -= 1
    shared = Counter(map(_identity, common))
    second_rest: list[int] = []
    for factor in factors(second):
        key = _identity(factor)
        if shared[key] > 0:
            shared[key] -= 1
        else:
            second_rest.append(factor)
    if not common:
        return Traced.of("sum", value, (first, second), (1, 1))
    rests = (_joined(first_rest), _joined(second_rest))
    inner = Traced.of("sum", sum(map(int, rests)), rests, (1, 1))
    return Traced.of("product", value, (inner, *common))


def _joined(some: Sequence[int]) -> int:
    """The product of some factors; 1 where there are none."""
    return _made("product", math.prod(map(int, some)), tuple(some)) if some else 1
