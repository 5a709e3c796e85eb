"""Whatever the documentation shows runs, and prints what it says."""

from __future__ import annotations

import ast
import contextlib
import doctest
import inspect
import io
import json
import runpy
from importlib import import_module
from pathlib import Path
from typing import Any, get_origin

import pytest
from sybil.document import Document
from sybil.parsers.markdown import PythonCodeBlockParser
from test_package import MODULES

import paramcalc
from paramcalc import Layer, Model

TOP = Path(__file__).parent.parent
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
SCRIPTS = sorted((TOP / "docs" / "examples").glob("*.py"))
NOTEBOOKS = sorted((TOP / "docs" / "examples").glob("*.ipynb"))


@pytest.mark.parametrize("module", MODULES)
def test_docstrings(module: str) -> None:
    tried = doctest.testmod(import_module(module))
    assert tried.failed == 0


def public_things() -> list[tuple[str, object]]:
    """Every public name of the package and its rooms, and every public method of the classes among them, once."""
    found: dict[str, object] = {}
    named = [(module, name) for module in (paramcalc, paramcalc.grading) for name in module.__all__]
    for room, name in named:
        thing = getattr(room, name)
        if inspect.isfunction(thing):
            found[name] = thing
        if inspect.isclass(thing) and get_origin(thing) is None:
            found[name] = thing
            for method, member in vars(thing).items():
                wrapped = member.fget if isinstance(member, property) else member
                if not method.startswith(("_", "compute_")) and inspect.isfunction(wrapped):
                    found[f"{name}.{method}"] = wrapped
    return sorted(found.items())


@pytest.mark.parametrize(("name", "thing"), public_things(), ids=[name for name, _ in public_things()])
def test_everything_public_has_an_example(name: str, thing: object) -> None:
    """Public docstrings hold an example that runs; a hook is described by the example of its class."""
    assert ">>>" in (inspect.getdoc(thing) or ""), name


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_pages(page: Path) -> None:
    document = Document.parse(str(page), PythonCodeBlockParser())
    examples = list(document.examples())
    assert len(examples) == page.read_text(encoding="utf-8").count("\n>>> ")
    for example in examples:
        example.evaluate()


def test_the_own_layer_of_the_documentation_is_short() -> None:
    text = (TOP / "docs" / "own-layers.md").read_text(encoding="utf-8")
    definition = "@attrs.frozen" + text.split("@attrs.frozen")[1].split("\n```")[0]
    assert len(definition.splitlines()) <= 15


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_scripts_print_as_they_did(script: Path, golden: Any) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(script), run_name="__main__")
    golden(f"example-{script.stem}.txt", printed.getvalue())


@pytest.mark.parametrize(
    ("script", "name", "total"),
    [
        ("classifier", "classifier", 73_592),
        ("two_class", "as_coded", 228_550),
        ("two_class", "as_printed", 50_828_751),
        ("two_class", "with_pooling_weights", 50_828_951),
        ("one_dimensional", "one_dimensional", 164_869),
        ("lenet5", "lenet5", 62_958),
        ("lenet5_1998", "lenet5_1998", 60_840),
    ],
)
def test_scripts_hold_the_networks_of_their_sources(script: str, name: str, total: int) -> None:
    model = runpy.run_path(str(TOP / "docs" / "examples" / f"{script}.py"))[name]
    assert isinstance(model, Model)
    assert total == model.params()


def outputs(source: str, namespace: dict[str, Any]) -> list[dict[str, Any]]:
    """What a notebook stores for a cell: what was printed, and how its last expression shows itself."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), namespace)  # noqa: S102 (our own notebook)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)  # noqa: S307 (our own notebook)
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        for kind, method in (("text/html", "_repr_html_"), ("text/markdown", "_repr_markdown_")):
            shown = getattr(value, method)() if hasattr(value, method) else None
            if shown is not None:
                data[kind] = shown.splitlines(keepends=True)
        found.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return found


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[notebook.stem for notebook in NOTEBOOKS])
def test_notebooks_show_what_they_store(notebook: Path, request: pytest.FixtureRequest) -> None:
    stored = json.loads(notebook.read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {}
    for cell in stored["cells"]:
        if cell["cell_type"] == "code":
            found = outputs("".join(cell["source"]), namespace)
            if request.config.getoption("--overwrite-golden"):
                cell["outputs"] = found
            assert cell["outputs"] == found, cell["source"]
    if request.config.getoption("--overwrite-golden"):
        notebook.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def test_the_guide_lists_every_layer() -> None:
    text = (TOP / "docs" / "guide.md").read_text(encoding="utf-8")
    for name in paramcalc.__all__:
        thing = getattr(paramcalc, name)
        if (
            inspect.isclass(thing)
            and get_origin(thing) is None
            and issubclass(thing, Layer)
            and thing not in (Layer, Model)
        ):
            assert f"`{name}" in text


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in page.read_text(encoding="utf-8").split("](")[1:]:
            path = target.split(")")[0]
            if not path.startswith("http"):
                assert (page.parent / path).exists(), f"{page.name}: {path}"
