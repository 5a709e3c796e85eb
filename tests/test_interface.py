"""The public interface, written down: what a user's code may rest on, and what a change of it would break.

`tests/golden/interface.txt` holds every public name with its signature and its members. What changes there on purpose
is written anew by `python -m pytest tests/test_interface.py --overwrite-golden`, and then keeps to the policy of
`docs/stability.md`.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ForwardRef, get_origin

import attrs
import pytest

import paramcalc
from paramcalc import Conv2D, Dense, Model, ParamcalcError, diff, grading, testing, zoo
from paramcalc.command_line import _COMMANDS, _parser_of
from paramcalc.grading import grade
from paramcalc.summary import COLUMNS

PACKAGE = Path(paramcalc.__file__).parent
MODULES = {
    "paramcalc": paramcalc,
    "paramcalc.grading": grading,
    "paramcalc.testing": testing,
    "paramcalc.zoo": zoo,
}


# What attrs or pickle calls, and what every class has
HIDDEN = (
    "__init__", "__init_subclass__", "__attrs_post_init__", "__reduce__", "__repr__", "__rich_repr__", "__eq__",
    "__hash__",
)  # fmt: skip

# Constants that stand as defaults, and are long
NAMED = {id(grading.MISTAKES): "MISTAKES"}


STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
CLASS, CLASS_NAME = r"<class '(?:\w+\.)*(\w+)'>", r"\1"


class Names:
    """The types that have a name in a module, as they are written there, and the modules that names come from."""

    def __init__(self, path: Path) -> None:
        source = path.read_text(encoding="utf-8")
        self.types: dict[str, str] = {}
        self.homes: dict[str, str] = {}
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                self.homes |= {each.name: str(node.module) for each in node.names}
            elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias" and node.value:
                written = ast.get_source_segment(source, node.value) or ""
                self.types[ast.unparse(node.target)] = " ".join(written.split())


NAMES = {
    f"paramcalc.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}": Names(path)
    for path in PACKAGE.rglob("*.py")
}


def types_in(text: str, module: str) -> dict[str, str]:
    """The types that a text in a module names, and those that they name, by their modules."""
    found: dict[str, str] = {}
    for name in re.findall(r"\w+", text):
        home = NAMES[module].homes.get(name, module)
        full = f"{home}.{name}"
        if home in NAMES and name in NAMES[home].types and full not in found:
            found[full] = NAMES[home].types[name]
            found |= types_in(found[full].replace(name, ""), home)
    return found


def source_of(annotation: Any) -> str:
    """An annotation as it is written; the future import keeps it so."""
    if annotation in (inspect.Parameter.empty, None):
        return ""
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    return annotation if isinstance(annotation, str) else annotation.__name__


def signature_of(function: Any) -> str:
    """`(a: int, *, b: str = 'x') -> bool`, the same on every Python."""
    signature = inspect.signature(function)
    written: list[str] = []
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    for index, parameter in enumerate(signature.parameters.values()):
        if parameter.name in ("self", "cls") and not index:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not {parameter.kind, parameter.VAR_POSITIONAL} & set(
            kinds[:index]
        ):
            written.append("*")
        stars = STARS.get(parameter.kind, "")
        annotation = source_of(parameter.annotation)
        text = f"{stars}{parameter.name}{': ' if annotation else ''}{annotation}"
        if parameter.default is not parameter.empty:
            default = NAMED.get(id(parameter.default)) or repr(parameter.default)
            text += f" = {re.sub(CLASS, CLASS_NAME, default)}"
        written.append(text)
    returned = source_of(signature.return_annotation)
    return f"({', '.join(written)})" + (f" -> {returned}" if returned not in ("", "None") else "")


def is_ours(function: Any) -> bool:
    """Whether it stands in the package, rather than having been made by attrs or typing."""
    return Path(function.__code__.co_filename).is_relative_to(PACKAGE)


def member_line(name: str, member: Any) -> str | None:
    """How a member of a class is written; None for what no user is meant to rest on."""
    is_special = name.startswith(("__", "_repr_"))
    if name in HIDDEN or (name.startswith("_") and not is_special):
        return None
    if isinstance(member, property):
        return f"{name}: {source_of(inspect.signature(member.fget or len).return_annotation)}"
    if isinstance(member, (staticmethod, classmethod)):
        return f"{name}{signature_of(member.__func__)}, of the class" if is_ours(member.__func__) else None
    if inspect.isfunction(member):
        return f"{name}{signature_of(member)}" if is_ours(member) else None
    return f"{name} = {member!r}" if not is_special and isinstance(member, bool | int) else None


def members_of(kind: type) -> dict[str, str]:
    """What an object of the class has, each with a line."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("paramcalc"):
            lines = {name: member_line(name, member) for name, member in vars(base).items()}
            found |= {name: line for name, line in lines.items() if line is not None}
    if attrs.has(kind):
        fields = [field for field in attrs.fields(kind) if not field.name.startswith("_")]
        found |= {field.name: f"{field.name}: {source_of(field.type)}" for field in fields}
    for name in getattr(kind, "_fields", ()):
        found[name] = f"{name}: {source_of(vars(kind)['__annotations__'][name])}"
    return found


def is_called_as(member: str, inherited: str) -> bool:
    """Whether two methods take the same arguments, whatever their types: an override of a hook is no news."""
    return without_types(member) == without_types(inherited)


def without_types(member: str) -> str:
    return re.sub(r": [^=,)]*(?:\[[^=]*?\])?(?=[,)= ])", "", member.partition(" -> ")[0])


def lines_of(name: str, thing: Any) -> Iterator[str]:
    """A public name: for a class with its constructor and members, without those that its public bases have alike."""
    if isinstance(thing, type) and get_origin(thing) is None:
        public = [base for base in thing.__mro__[1:] if base.__name__ in paramcalc.__all__]
        builtin = [base.__name__ for base in thing.__mro__[1:-1] if base.__module__ == "builtins"]
        bases = [base.__name__ for base in public[:1]] or builtin[:1]
        yield f"class {name}({', '.join(bases)}){signature_of(thing)}"
        inherited = {each: line for base in reversed(public) for each, line in members_of(base).items()}
        for each, line in sorted(members_of(thing).items()):
            if each not in inherited or not is_called_as(line, inherited[each]):
                yield f"    .{line}"
    elif inspect.isfunction(thing):
        yield f"{name}{signature_of(thing)}"
    elif isinstance(thing, Mapping):
        yield f"{name}: a mapping of"
        yield from (f"    {key!r}" for key in thing)
    elif isinstance(thing, tuple):
        yield f"{name}: a tuple of"
        yield from (f"    {each.name!r}" for each in thing)
    elif not inspect.ismodule(thing):
        home = next(home for home, names in paramcalc._HOMES.items() if name in names)
        yield f"{name} = {NAMES[f'paramcalc.{home}'].types[name]}"


def command_line() -> Iterator[str]:
    """Every command with what it takes."""
    for name, command in _COMMANDS.items():
        yield f"paramcalc {name}"
        for action in _parser_of(name, command)._actions:
            taken = " ".join(action.option_strings) or action.dest
            number = {"*": " …", "?": " (may be left out)"}.get(str(action.nargs), "")
            default = "" if action.default in (None, argparse.SUPPRESS) else f" = {action.default!r}"
            metavar = f" {action.metavar}" if isinstance(action.metavar, str) else ""
            repeated = " (may be repeated)" if isinstance(action, argparse._AppendAction) else ""
            yield f"    {taken}{metavar}{number}{repeated}{default}"
        yield f"    formats: {', '.join(command.formats)}"


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    """The names in plain data, with those around them."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{path}.{name}"
            yield from keys_of(each, f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from keys_of(each, f"{path}[]")


def plain_data() -> Iterator[str]:
    """What `to_dict` calls the facts."""
    model = Model([Conv2D(8, 3, name="conv"), Dense(2)], in_shape=(8, 8, 3))
    report = grade(model, [["conv", "(6, 6, 8)", "216"]])
    things: dict[str, Any] = {
        "Model": model,
        "Summary": model.summary(),
        "Explanation": model.explain(),
        "Differences": diff(model, Model([Conv2D(8, 3, name="conv"), Dense(3)], in_shape=(8, 8, 3))),
        "Report": report,
    }
    for name, thing in things.items():
        yield f"{name}.to_dict()"
        yield from (f"    {key}" for key in sorted(set(keys_of(thing.to_dict()))))


def errors() -> Iterator[str]:
    """What an error has as attributes."""
    yield "ParamcalcError and its subclasses"
    yield from (f"    .{name}" for name in vars(ParamcalcError("a", "b", "c")))
    yield "testing.WrongAnswerError"
    with pytest.raises(testing.WrongAnswerError) as wrong:
        testing.assert_params(Conv2D(8, 3), (8, 8, 3), 216)
    yield from (f"    .{name}" for name in vars(wrong.value) if not name.startswith("_"))


def types_of(things: Iterable[object]) -> Iterator[str]:
    """The types that signatures and attributes name and that are no public names themselves."""
    found: dict[str, str] = {}
    for thing in things:
        kinds = thing.__mro__ if isinstance(thing, type) else (thing,)
        for kind in kinds:
            module = getattr(kind, "__module__", "")
            if module in NAMES:
                found |= types_in("\n".join(lines_of("", kind)), module)
    short = {f"{full.rpartition('.')[2]} = {written}" for full, written in found.items()}
    yield from sorted(line for line in short if line.partition(" =")[0] not in paramcalc.__all__)


def sections() -> dict[str, list[str]]:
    """All that is public, by where it is found."""
    found = {
        module: [
            line
            for name in sorted(room.__all__)
            for line in lines_of(f"{module}.{name}".removeprefix("paramcalc."), getattr(room, name))
        ]
        for module, room in MODULES.items()
    }
    types = types_of(getattr(room, name) for room in MODULES.values() for name in room.__all__)
    return found | {
        "types that the above names": list(types),
        "attributes of errors": list(errors()),
        "columns of tables": [f"{name}: {column.header}" for name, column in COLUMNS.items()],
        "names in plain data": list(plain_data()),
        "command line": list(command_line()),
    }


def test_is_as_it_is_written_down(golden: Callable[[str, str], None]) -> None:
    texts = ["\n".join([f"# {title}", "", *lines, ""]) for title, lines in sections().items()]
    golden("interface.txt", "\n".join(texts))


def untyped(self: object, names: Any) -> None: ...


class TestAChangeIsSeen:
    """The test above can fail: whatever could break a caller changes a line."""

    class Before:
        rank = 2

        def __init__(self, size: int, *, name: str = "a") -> None: ...

        @property
        def area(self) -> int:
            return 4

        def shown(self, *names: str, full: bool = False) -> str:
            return ""

    @pytest.mark.parametrize(
        "members",
        [
            {"rank": 3},
            {"__init__": untyped},
            {"area": untyped},
            {"shown": untyped},
            {"more": 1},
        ],
    )
    def test_of_members(self, members: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(self.Before, "__module__", "paramcalc.before")
        monkeypatch.setitem(globals(), "PACKAGE", Path(__file__).parent)
        before = list(lines_of("Before", self.Before))
        assert before == [
            "class Before()(size: int, *, name: str = 'a')",
            "    .area: int",
            "    .rank = 2",
            "    .shown(*names: str, full: bool = False) -> str",
        ]
        after = type("Before", (), {**vars(self.Before), **members})
        assert list(lines_of("Before", after)) != before

    def test_of_a_hook_that_only_narrows_a_type_is_none(self) -> None:
        general = "compute_macs(in_shape: Any, output_shape: Any, weights: tuple[Weight, ...]) -> int | None"
        narrow = "compute_macs(in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int"
        assert is_called_as(narrow, general)
        assert not is_called_as("params(in_shape: ShapesLike | None = None)", "params(in_shape: ShapesLike)")
        assert not is_called_as("params(shape: ShapesLike)", "params(in_shape: ShapesLike)")
