"""The package as a whole: what it exports, what it loads, and which module may import which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import requires
from pathlib import Path

import pytest
from typing_extensions import assert_type

import paramcalc
from paramcalc import Conv2D, Explanation, Model, Pool, Summary, Weight

PACKAGE = Path(paramcalc.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
)
HEAVY = ("tensorflow", "keras", "torch", "jax", "numpy", "json", "html", "zipfile", "argparse", "typing_extensions")

# A module imports, when it is imported, from rooms above its own and from its own
ROOMS = [
    {"errors", "traced"},
    {"shapes"},
    {"arguments"},
    {"windows", "weights", "sequences", "formula", "alignment", "difference"},
    {"tied", "pickles"},
    {"layers"},
    {"graph", "evaluation", "model_arguments"},
    {"model"},
    {"receptive_fields", "blocks", "opened"},
    {"rows", "explain"},
    {"summary"},
    {"comparison"},
    {"render", "formats", "grading", "zoo"},
    {"testing", "console", "sources"},
    {"command_line"},
    {"__main__"},
]


def room_of(module: str) -> int:
    parts = module.split(".")
    return next(number for number, room in enumerate(ROOMS) if len(parts) > 1 and parts[1] in room)


def imported_by(module: str) -> set[str]:
    """The modules of the package that a module imports when it is imported itself."""
    spec = import_module(module).__spec__
    assert spec is not None
    assert spec.origin is not None
    return imports(Path(spec.origin).read_text(encoding="utf-8"))


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(source: str) -> set[str]:
    """The modules of the package that this source imports at once: not within a function, nor for types alone."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the package"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif not isinstance(node, ast.FunctionDef) and not is_for_types(node):
            pending.extend(ast.iter_child_nodes(node))
    ours = {name for name in found if name.startswith("paramcalc.")}
    return {name if name in MODULES else name.rpartition(".")[0] for name in ours}


def test_the_rooms_stand_in_the_documentation(golden_part: Callable[[Path, str, str, str], None]) -> None:
    """The map for whoever carries on: each room with its modules and packages, and the first line of each."""
    rows = []
    for number, room in enumerate(ROOMS, 1):
        for name in sorted(room):
            first, *_ = (import_module(f"paramcalc.{name}").__doc__ or "").splitlines()
            is_package = (PACKAGE / name).is_dir()
            rows.append(f"| {number} | `{name}{'/' if is_package else '.py'}` | {first} |")
    begin = "made from ROOMS in tests/test_package.py: python -m pytest --overwrite-golden writes it anew -->\n\n"
    page = Path(__file__).parent.parent / "docs" / "contributing.md"
    golden_part(page, begin, "\n".join(["| room | module | what it is |", "| --- | --- | --- |", *rows]), "\n\n## How")


class TestImports:
    @pytest.mark.parametrize("module", [module for module in MODULES if module != "paramcalc"])
    def test_run_one_way(self, module: str) -> None:
        rooms = {other: room_of(other) for other in imported_by(module)}
        assert all(room <= room_of(module) for room in rooms.values()), rooms

    def test_of_families_do_not_reach_another(self) -> None:
        for module in MODULES:
            if module.startswith("paramcalc.layers."):
                assert {name for name in imported_by(module) if "layers." in name} <= {"paramcalc.layers.base"}

    def test_that_run_the_other_way_are_seen(self) -> None:
        """The tests above can fail: a module that breaks the rule is caught, however it writes its imports."""
        for line in (
            "from paramcalc.model import Model",
            "import paramcalc.model",
            "if True:\n    import paramcalc.model",
        ):
            assert {room_of(name) for name in imports(line)} == {room_of("paramcalc.model")}
        assert room_of("paramcalc.model") > room_of("paramcalc.errors")
        assert imports("def late():\n    from paramcalc.model import Model") == set()


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after this code."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr == ""
    return set(done.stdout.split())


class TestAFreshProcess:
    def test_import_loads_nothing_heavy_and_nothing_of_ours(self) -> None:
        loaded = loaded_by("import paramcalc")
        assert not loaded.intersection(HEAVY)
        assert {name for name in loaded if name.startswith("paramcalc")} == {"paramcalc"}

    def test_a_model_and_its_params_load_nothing_heavy(self) -> None:
        code = "from paramcalc import Conv2D, Dense, Flatten, GAP, Input, Model, Pool\n"
        code += "assert Model([Input((8, 8, 3)), Conv2D(4, 3), Pool(2), Flatten(), Dense(2)]).params() == 186"
        loaded = loaded_by(code)
        assert not loaded.intersection(HEAVY)
        assert not loaded.intersection({"paramcalc.summary", "paramcalc.explain", "paramcalc.formula"})

    def test_can_load_what_is_heavy(self) -> None:
        """The two tests above would see it: the check can fail."""
        assert loaded_by("import json, html").intersection(HEAVY) == {"json", "html"}

    def test_is_silent(self) -> None:
        code = "import paramcalc as pc\nfor name in pc.__all__: getattr(pc, name)\n"
        code += "str(pc.Model([pc.Dense(3)], in_shape=(3,)).summary()), str(pc.Dense(3).explain((3,)))"
        done = subprocess.run(  # noqa: S603 (our own code)
            [sys.executable, "-I", "-W", "error", "-c", code], capture_output=True, text=True, check=True
        )
        assert (done.stdout, done.stderr) == ("", "")


class TestPublicNames:
    def test_are_all_there_and_sorted_for_a_reader(self) -> None:
        assert all(hasattr(paramcalc, name) for name in paramcalc.__all__)
        assert dir(paramcalc) == sorted([*paramcalc.__all__, "__version__"])
        assert len(set(paramcalc.__all__)) == len(paramcalc.__all__)
        assert set(paramcalc.__all__) == {
            name for names in (*paramcalc._HOMES.values(), paramcalc._MODULES) for name in names
        }

    def test_are_the_same_object_wherever_they_come_from(self) -> None:
        for home, names in paramcalc._HOMES.items():
            for name in names:
                assert getattr(import_module(f"paramcalc.{home}"), name) is getattr(paramcalc, name)

    def test_another_name_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match="module 'paramcalc' has no attribute 'Conv4D'"):
            _ = paramcalc.Conv4D

    def test_only_attrs_and_typing_extensions_are_needed_to_run(self) -> None:
        needed = [requirement for requirement in requires("paramcalc") or [] if "extra ==" not in requirement]
        assert sorted(requirement.split(">")[0] for requirement in needed) == ["attrs", "typing-extensions"]

    def test_are_typed_for_checkers(self) -> None:
        """What a type checker says of the answers; it checks this file, and the test run sees that they hold."""
        layer = Conv2D(8, [5, 5], padding=((1, 2), (0, 0)))
        model = Model([layer, Pool(2)], in_shape=(32, 32, 3))
        assert_type(layer.filters, int)
        assert_type(layer.kernel_size, tuple[int, ...])
        output_shape: tuple[int | None, ...] = layer.output_shape((32, 32, 3))
        assert output_shape == (31, 28, 8)
        assert_type(layer.params([32, 32, 3]), int)
        assert_type(layer.macs((32, 32, 3)), int | None)
        assert_type(layer.weights((32, 32, 3)), tuple[Weight, ...])
        assert_type(model.summary(), Summary)
        assert_type(model.explain(), Explanation)
        assert (PACKAGE / "py.typed").exists()
