"""Mutants: a file of the library with one slip in it, as Cosmic Ray's operators make them.

Knows: which slips are made and where none are. Must not know: tests, and how a mutant is judged.

The slips are those that a person makes: plus for minus, times for plus, a product for a quotient, one more or one less,
`<` for `<=`, a condition the other way round, a loop that is left out. Cosmic Ray also puts each operator in the place
of each other; almost any test sees `kernel ^ stride`, and such mutants would only flatter the score. It leaves strings
alone, so wording is not asked for. No slip is made where nothing is computed: in annotations, in what is for type
checkers alone, in the examples of mistakes, which are tests themselves, in `strict=` of `zip`, whose lengths are always
the same, and in `kw_only=` and `metadata=` of arguments, which is how they are written and that they are marked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast  # pyright: ignore[reportMissingImports] (the extra "mutation" has it)
from cosmic_ray.plugins import get_operator  # pyright: ignore[reportMissingImports]

LIBRARY = Path(__file__).parent.parent / "paramcalc"

_SWAPPED: dict[str, dict[str, tuple[str, ...]]] = {
    "Binary": {
        "Add": ("Sub", "Mul"),
        "Sub": ("Add",),
        "Mul": ("Add", "FloorDiv"),
        "FloorDiv": ("Mul", "Div"),
        "Div": ("Mul",),
        "Mod": ("FloorDiv",),
        "Pow": ("Mul",),
        "LShift": ("RShift",),
        "RShift": ("LShift",),
        "BitOr": ("BitAnd",),
        "BitAnd": ("BitOr",),
        "BitXor": ("BitOr",),
    },
    "Comparison": {
        "Eq": ("NotEq",),
        "NotEq": ("Eq",),
        "Lt": ("LtE", "GtE"),
        "LtE": ("Lt", "Gt"),
        "Gt": ("GtE", "LtE"),
        "GtE": ("Gt", "Lt"),
        "Is": ("IsNot",),
        "IsNot": ("Is",),
    },
    "Unary": {"USub": ("UAdd",), "Delete": ("Not",)},
}
OPERATORS = (
    *(
        f"Replace{kind}Operator_{before}_{after}"
        for kind, pairs in _SWAPPED.items()
        for before, others in pairs.items()
        for after in others
    ),
    "AddNot",
    "NumberReplacer",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ZeroIterationForLoop",
    "ExceptionReplacer",
)


class Mutant(NamedTuple):
    """A file with one slip in it: what stood there and what stands there now, and the whole text."""

    file: str
    within: str
    before: str
    after: str
    lines: range
    source: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What the mutant is known by; it outlives changes elsewhere in the file."""
        return self.file, self.within, self.before, self.after


def mutants(file: str) -> Iterator[Mutant]:
    """The mutants of a file of the library, in the order of their lines, each of which computes something else."""
    source = (LIBRARY / file).read_text(encoding="utf-8")
    original = compiled(source, file)
    scopes = _Scopes(source)
    tree = get_ast(source)
    slips = [
        (start, end, node, operator, index)
        for operator in (get_operator(f"core/{name}")() for name in OPERATORS)
        for node in ast_nodes(tree)
        for index, (start, end) in enumerate(operator.mutation_positions(node))
        if not scopes.computes_nothing(start)
    ]
    for start, end, node, operator, index in sorted(slips, key=lambda slip: slip[:2]):
        text = _with_slip(tree, node, operator, index)
        try:
            code = compiled(text, file)
        except SyntaxError:  # the `*` before arguments by keyword is no product
            continue
        if not same(original, code):
            before, after = _difference(source, text)
            yield Mutant(file, scopes.within(start), before, after, scopes.statement(start, end), text)


def compiled(source: str, file: str) -> CodeType:
    """The code of a file's text."""
    return compile(source, str(LIBRARY / file), "exec", dont_inherit=True)


def parts(code: CodeType) -> list[CodeType]:
    """The codes directly within a code: functions, classes, comprehensions."""
    return [part for part in code.co_consts if isinstance(part, CodeType)]


def same(one: CodeType, other: CodeType) -> bool:
    """Whether two codes do the same, all their parts too; where they stand in the file does not matter."""
    inside, inside_other = parts(one), parts(other)
    return same_alone(one, other) and all(map(same, inside, inside_other))


def same_alone(one: CodeType, other: CodeType) -> bool:
    """Whether two codes do the same, as long as their parts do."""
    return _alone(one) == _alone(other)


def _alone(code: CodeType) -> tuple[Any, ...]:
    constants = [repr(each) if not isinstance(each, CodeType) else each.co_name for each in code.co_consts]
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, constants


def _with_slip(tree: Any, node: Any, operator: Any, index: int) -> str:
    """The text of a tree with one slip in it; the tree itself is left as it was."""
    children = [(each, list(each.children)) for each in ast_nodes(node) if hasattr(each, "children")]
    values = [(each, each.value) for each in ast_nodes(node) if hasattr(each, "value")]
    siblings = node.parent.children
    place = siblings.index(node)
    siblings[place] = operator.mutate(node, index)
    text: str = tree.get_code()
    siblings[place] = node
    for each, kept in children:
        each.children = kept
    for each, value in values:
        each.value = value
    return text


def _difference(before: str, after: str) -> tuple[str, str]:
    """The lines in which two texts differ, without those that begin and end both."""
    ours, theirs = before.splitlines(), after.splitlines()
    while ours[0] == theirs[0]:
        del ours[0], theirs[0]
    while ours[-1] == theirs[-1]:
        del ours[-1], theirs[-1]
    return " ".join(line.strip() for line in ours), " ".join(" ".join(line.split()) for line in theirs)


class _Scopes:
    """Where things stand in a file: within which function and statement, and where nothing is computed."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()
        self._definitions: list[tuple[range, str]] = []
        self._statements: list[range] = []
        self._idle: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self._look(ast.parse(source), "")

    def _look(self, tree: ast.AST, within: str) -> None:
        for node in ast.iter_child_nodes(tree):
            name = within
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                name = f"{within}.{node.name}".lstrip(".")
                first = min(decorated.lineno for decorated in (node, *node.decorator_list))
                self._definitions.append((range(first, (node.end_lineno or 0) + 1), name))
            if isinstance(node, ast.stmt):
                body = getattr(node, "body", None)
                self._statements.append(range(node.lineno, body[0].lineno if body else (node.end_lineno or 0) + 1))
            self._idle += [self._span(idle) for idle in _idle(node)]
            self._look(node, name)

    def _span(self, node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where a node begins and ends; ast counts bytes in a line, Cosmic Ray counts characters."""
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def _place(self, line: int, column: int) -> tuple[int, int]:
        return line, len(self._lines[line - 1].encode()[:column].decode())

    def computes_nothing(self, place: tuple[int, int]) -> bool:
        return any(start <= place < end for start, end in self._idle)

    def within(self, place: tuple[int, int]) -> str:
        """The name of the innermost function or class, empty for the file's own level."""
        return max(((lines.start, name) for lines, name in self._definitions if place[0] in lines), default=(0, ""))[1]

    def statement(self, start: tuple[int, int], end: tuple[int, int]) -> range:
        """The lines of the innermost statement, up to the end of what was changed; of a compound one, of its head."""
        first = max((lines.start for lines in self._statements if start[0] in lines), default=start[0])
        return range(first, end[0] + 1)


def _idle(node: ast.AST) -> Iterator[ast.AST]:
    """What computes nothing that anyone asks for, directly in a node."""
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
        yield node.annotation
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
        yield node
    if isinstance(node, ast.FunctionDef):
        if node.returns:
            yield node.returns
        if any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list):
            yield node
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        yield node
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Example":
        yield node
    if isinstance(node, ast.keyword) and node.arg in ("strict", "kw_only", "metadata"):
        yield node.value
