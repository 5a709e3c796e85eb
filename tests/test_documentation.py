"""Whatever the documentation shows runs, and prints what it says."""

from __future__ import annotations

import ast
import contextlib
import doctest
import inspect
import io
import json
import re
import runpy
from collections import Counter
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
FIGURES = runpy.run_path(str(TOP / "docs" / "figures" / "windows.py"))["FIGURES"]
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


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(TOP)) for page in PAGES])
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


def layer_classes() -> list[type[Layer]]:
    """The public classes of layers that a network is made of."""
    things = [getattr(paramcalc, name) for name in paramcalc.__all__]
    classes = [thing for thing in things if inspect.isclass(thing) and get_origin(thing) is None]
    return [kind for kind in classes if issubclass(kind, Layer) and kind not in (Layer, Model)]


def test_the_guide_lists_every_layer() -> None:
    text = (TOP / "docs" / "guide.md").read_text(encoding="utf-8")
    for kind in layer_classes():
        assert f"`{kind.__name__}" in text


def anchors(page: Path) -> set[str]:
    """How links name the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)]+)\)", prose):
            path, _, anchor = target.partition("#")
            if not target.startswith("http"):
                assert (page.parent / path).exists(), f"{page.name}: {target}"
                assert not anchor or anchor in anchors((page.parent / path) if path else page), f"{page.name}: {target}"


def test_tests_that_pages_name_are_there() -> None:
    named = [
        name for page in PAGES for name in re.findall(r"`tests/(\w+\.py::[\w:]+)`", page.read_text(encoding="utf-8"))
    ]
    assert named
    for name in named:
        file, *parts = name.split("::")
        text = (TOP / "tests" / file).read_text(encoding="utf-8")
        assert all(re.search(rf"(def|class) {part}\b", text) for part in parts), name


class TestReference:
    """The site's pages on every public name; the numbers on them are made while the site is built."""

    pages = "\n".join(page.read_text(encoding="utf-8") for page in sorted((TOP / "docs" / "reference").glob("*.md")))
    layers = re.findall(r"^\.\. layer:: ((\w+)\(.*) on (\(.*)$", pages, re.MULTILINE)

    def test_has_every_public_name_once(self) -> None:
        named = re.findall(r"^\.\. (?:auto\w+|data):: paramcalc\.(\S+)$", self.pages, re.MULTILINE)
        found = Counter([*named, *(name for _, name, _ in self.layers)])
        public = [*paramcalc.__all__, *(f"grading.{name}" for name in paramcalc.grading.__all__)]
        public = [*public, *(f"testing.{name}" for name in paramcalc.testing.__all__)]
        assert {name: found[name] for name in public} == dict.fromkeys(public, 1)

    def test_explains_every_layer_on_an_example(self) -> None:
        assert {name for _, name, _ in self.layers} == {kind.__name__ for kind in layer_classes()}
        for written, _, in_shape in self.layers:
            layer = eval(written, {name: getattr(paramcalc, name) for name in paramcalc.__all__})  # noqa: S307 (our own)
            explanation = layer.explain(ast.literal_eval(in_shape))
            assert {step.what for step in explanation.steps} >= {"params", "MACs", "connections"}, written


class TestFigures:
    """Those of the page on windows, which a script draws from what the layers answer."""

    @pytest.mark.parametrize("name", FIGURES)
    def test_are_what_the_script_draws(self, name: str, request: pytest.FixtureRequest) -> None:
        path = TOP / "docs" / "figures" / f"windows-{name}.svg"
        if request.config.getoption("--overwrite-golden"):
            path.write_text(FIGURES[name], encoding="utf-8")
        assert path.read_text(encoding="utf-8") == FIGURES[name]
        assert f"(figures/{path.name})" in (TOP / "docs" / "windows.md").read_text(encoding="utf-8")

    def test_are_all_there_are(self) -> None:
        assert {path.stem for path in (TOP / "docs" / "figures").glob("*.svg")} == {
            f"windows-{name}" for name in FIGURES
        }

    @pytest.mark.parametrize("name", FIGURES)
    def test_have_every_window_on_the_axis(self, name: str) -> None:
        """Where windows stand follows from the padding; if that were drawn wrong, one would stand beside the axis."""
        axis, cells = (
            [float(at) for at in re.findall(rf'<rect x="([\d.]+)"[^>]*{kind}=', FIGURES[name])]
            for kind in ("stroke", "fill")
        )
        assert min(axis) <= min(cells) < min(axis) + 30
        left_over = name == "stride"  # the end of that axis is not reached, which is what the figure shows
        assert (max(cells) < max(axis)) if left_over else (max(axis) <= max(cells) < max(axis) + 30)

    @pytest.mark.parametrize("background", ["#ffffff", "#131416"])
    def test_are_read_on_light_and_dark(self, background: str) -> None:
        """Every colour has a contrast of 4 at least, by the formula of WCAG 2, to the site's two backgrounds."""
        for colour in set(re.findall(r"#[0-9a-f]{6}", "".join(FIGURES.values()))):
            light, dark = sorted((luminance(colour), luminance(background)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4, colour


def luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1, by the definition of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
