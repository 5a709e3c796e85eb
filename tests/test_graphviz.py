"""Graphviz reads what we write for it, and shows what we say."""

from __future__ import annotations

from subprocess import run
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from networks import networks
from test_pictures import BLOCK, EVERY, SVG
from test_summary import HOSTILE

from paramcalc import Model
from paramcalc.errors import printable


def drawn(model: Model, depth: int | None) -> list[str]:
    """The texts of the picture that Graphviz makes."""
    dot = model.to_dot(depth=depth).encode()
    done = run(["dot", "-Tsvg"], input=dot, capture_output=True, check=True)  # noqa: S607 (wherever it is)
    assert done.stderr == b""
    texts = ET.fromstring(done.stdout).iter(f"{SVG}text")  # noqa: S314 (Graphviz's own)
    return ["".join(each.itertext()).replace("\xa0", " ") for each in texts]


@pytest.mark.parametrize("model", [HOSTILE, EVERY, BLOCK], ids=["hostile", "every", "block"])
def test_each_name_is_shown_as_it_is(model: Model) -> None:
    names = {printable(row.own_name) for row in model.summary(depth=None).rows if row.type != "Input"}
    assert {name for name in names if len(name) <= 80} <= {*drawn(model, None)}


@settings(max_examples=10)
@given(networks)
def test_all_parameters_are_shown(model: Model) -> None:
    counts = [text.removesuffix(" params") for text in drawn(model, None) if text.endswith(" params")]
    assert sum(int(count.replace(",", "")) for count in counts) == model.params()
