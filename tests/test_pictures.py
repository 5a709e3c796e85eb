"""Pictures of networks: SVG, Mermaid and DOT, and where boxes stand in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import networks
from test_documentation import TOP
from test_summary import HOSTILE, HOSTILE_NAMES

from paramcalc import (
    GAP,
    LSTM,
    Add,
    BatchNorm,
    Concatenate,
    ConfigError,
    Conv1D,
    Conv2D,
    Conv3D,
    Dense,
    Flatten,
    Input,
    Layer,
    Model,
    Pool,
    ReLU,
    Reshape,
    Shape,
    ShapeError,
    Subtract,
    zoo,
)
from paramcalc.errors import printable
from paramcalc.layers.base import LONGEST_NAME
from paramcalc.render.boxes import boxes_of
from paramcalc.render.folding import MOST_BOXES, folded
from paramcalc.render.lanes import lanes_of
from paramcalc.render.strips import MARGIN, PAGE
from paramcalc.render.svg import KINDS, NOTES
from paramcalc.render.text import width

Golden = Callable[[str, str], None]
SVG = "{http://www.w3.org/2000/svg}"


def residual_block() -> Model:
    x = Input((56, 56, 64))()
    y = ReLU()(BatchNorm()(Conv2D(64, 1)(x)))
    y = BatchNorm()(Conv2D(256, 1)(ReLU()(BatchNorm()(Conv2D(64, 3, padding="same")(y)))))
    shortcut = BatchNorm()(Conv2D(256, 1)(x))
    return Model(inputs=x, outputs=ReLU()(Add()(shortcut, y)), name="residual block")


def of_every_shape() -> Model:
    """Features, sequences, images, volumes, an open axis, several inputs and outputs, a layer called behind itself."""
    image, sequence, volume = Input((None, 28, 3))(), Input((50, 16))(), Input((8, 8, 8, 2))()
    x, z = GAP()(Conv2D(8, 3)(image)), GAP()(Conv3D(4, 3)(volume))
    y, state, _ = LSTM(12, return_sequences=True, return_state=True)(Conv1D(32, 5)(sequence))
    shared = Dense(7, name="</text><script>alert(1)</script>").place()
    head = Model([Dense(24), Model([Dense(24, trainable=False)], name='"inner"]')], name="head & tail")
    out = shared(head(shared(Concatenate()(x, state, z))))
    return Model(inputs=[image, sequence, volume], outputs=[out, y, Reshape((2, 2, 3, 1, 1))(GAP()(y))], name="<b>&")


LENET = Model(
    [Input((32, 32, 3)), Conv2D(8, 5, activation="relu"), Pool(2), Conv2D(16, 5, activation="relu"), Pool(2),
     Flatten(), Dense(120, activation="relu"), Dense(84, activation="relu"), Dense(10, activation="softmax")],
    name="LeNet-5",
)  # fmt: skip
BLOCK, EVERY = residual_block(), of_every_shape()
FORMATS = {"svg": Model.to_svg, "mmd": Model.to_mermaid, "dot": Model.to_dot}


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (our own)


class TestSources:
    """A row's sources are the positions of all rows that it takes from, in any of its calls."""

    @given(networks)
    def test_are_those_of_its_inputs(self, model: Model) -> None:
        for depth in (1, 2, None):
            rows = model.summary(depth=depth).rows
            again = any(row.calls > 1 for row in rows)
            for row in rows:
                names = tuple(dict.fromkeys(rows[source].name for source in row.sources))
                assert names == row.inputs or (again and set(row.inputs) <= set(names))

    def test_hold_those_of_later_calls(self) -> None:
        left, right, tower = Input((8, 8, 1))(), Input((8, 8, 1))(), Conv2D(4, 3).place()
        twins = Model(inputs=[left, right], outputs=Subtract()(tower(left), tower(right)))
        assert [(row.name, row.sources) for row in twins.summary().rows] == [
            ("input", ()), ("conv2d", (0, 2)), ("input_1", ()), ("subtract", (1,)),
        ]  # fmt: skip

    def test_of_a_model_that_is_opened_are_those_of_all_its_calls(self) -> None:
        left, right = Input((4,))(), Input((4,))()
        tower = Model([Model([Dense(4)]), Dense(4)], name="tower").place()
        rows = Model(inputs=[left, right], outputs=Add()(tower(tower(left)), tower(right))).summary(depth=None).rows
        assert [(row.name, row.models, row.own_name, row.sources) for row in rows] == [
            ("input", (), "input", ()),
            ("tower/model/dense", ("tower", "model"), "dense", (0, 2, 3)),
            ("tower/dense", ("tower",), "dense", (1,)),
            ("input_1", (), "input_1", ()),
            ("add", (), "add", (2,)),
        ]

    def test_end_where_a_model_passes_on_what_it_is_given(self) -> None:
        x = Input((4,))()
        through = Model(inputs=x, outputs=[x, Dense(4)(x)], name="through").place()
        start = Input((4,))()
        first, _ = through(start)
        second, last = through(first)
        rows = Model(inputs=start, outputs=Add()(second, last)).summary(depth=2).rows
        assert [row.sources for row in rows] == [(), (0, 1), (1,), (1, 2)]

    def test_of_a_call_on_more_than_the_first_are_all_there(self) -> None:
        x, add = Input((4,))(), Add().place()
        y = Dense(4)(x)
        z = Dense(4)(x)
        outputs = [add(x, y), add(x, y, z)]
        rows = Model(inputs=x, outputs=outputs).summary().rows
        assert [rows[source].name for source in rows[2].sources] == ["input", "dense", "dense_1"]


def test_inputs_of_models_that_pass_on_to_themselves_are_seen_through() -> None:
    x, start = Input((4,))(), Input((4,))()
    through = Model(inputs=x, outputs=[x, Dense(4)(x)], name="through").place()
    first, _ = through(start)
    second, last = through(first)
    boxes = boxes_of(Model(inputs=start, outputs=Add()(second, last)).summary(depth=2))
    assert [(box.name, box.sources) for box in boxes] == [("input", ()), ("dense", (0,)), ("add", (0, 1))]


class TestLanes:
    @given(st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=30))
    def test_nothing_stands_on_anything_else(self, sets: list[set[int]]) -> None:
        sources = [sorted(source % len(sets) for source in taken) for taken in sets]
        sources = [sorted(set(taken)) for taken in sources]
        found = lanes_of(sources)
        places = list(zip(found.columns, found.lanes, strict=True))
        assert len(set(places)) == len(sources)
        taken = {*places}
        for source, taker, lane in found.arrows:
            assert found.columns[source] < found.columns[taker]
            passed = {(column, lane) for column in range(found.columns[source] + 1, found.columns[taker])}
            assert not passed & taken
            taken |= passed
        pairs = [(source, box) for box, each in enumerate(sources) for source in each]
        assert sorted([(one.source, one.taker) for one in found.arrows] + found.backward) == sorted(pairs)

    @given(st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=30))
    def test_nothing_leads_back_where_there_is_no_circle(self, sets: list[set[int]]) -> None:
        sources = [sorted({source % box for source in taken}) if box else [] for box, taken in enumerate(sets)]
        assert lanes_of(sources).backward == []
        assert all(found == 0 or sources[box] for box, found in enumerate(lanes_of(sources).columns))


class TestFolding:
    @given(networks, st.integers(1, 12))
    def test_changes_no_total(self, model: Model, most: int) -> None:
        boxes = boxes_of(model.summary(depth=None))
        fewer = folded(boxes, most)
        assert len(fewer) <= len(boxes)
        assert sum(box.params for box in fewer) == model.params()
        assert sorted(row.name for box in fewer for row in box.rows) == sorted(b.first.name for b in boxes)
        assert all(source < len(fewer) for box in fewer for source in box.sources)

    @pytest.mark.parametrize("name", ["densenet121", "resnet152", "efficientnet_b7", "inception_v3"])
    def test_keeps_networks_of_hundreds_of_layers_small(self, name: str) -> None:
        boxes = boxes_of(zoo.get(name).summary(depth=None))
        assert len(boxes) > 200
        assert 10 < len(folded(boxes)) <= MOST_BOXES

    def test_begins_above_the_number_that_is_drawn(self) -> None:
        for number in (MOST_BOXES, MOST_BOXES + 1):
            names = [box.name for box in folded(boxes_of(Model([Dense(4)] * number, in_shape=(4,)).summary()))]
            folds = [] if number == MOST_BOXES else ["93 layers"]
            assert [name for name in names if not name.startswith("dense")] == folds

    def test_of_many_in_a_row_reaches_from_model_to_model(self) -> None:
        halves = [Model([Dense(4)] * 10, name=name) for name in ("first", "second")]
        boxes = folded(boxes_of(Model(halves, in_shape=(4,)).summary(depth=2)), 19)
        assert [(box.name, box.kind, box.models) for box in boxes][3:6] == [
            ("dense_3", "Dense", ("first",)),
            ("12 layers", "first/dense_4 … second/dense_5", ()),
            ("dense_6", "Dense", ("second",)),
        ]

    def test_of_activations_is_into_the_layer_before_them(self) -> None:
        names = [(box.name, box.kind) for box in folded(boxes_of(BLOCK.summary()), 10)]
        assert names == [
            ("input", "Input"), ("conv2d", "Conv2D 1 × 1 + 1 more"), ("conv2d_1", "Conv2D 1 × 1 + 2 more"),
            ("conv2d_2", "Conv2D 3 × 3 + 2 more"), ("conv2d_3", "Conv2D 1 × 1 + 1 more"), ("add", "Add + 1 more"),
        ]  # fmt: skip

    def test_of_branches_is_into_one(self) -> None:
        names = [(box.name, box.kind) for box in folded(boxes_of(BLOCK.summary()), 3)]
        assert names == [("input", "Input"), ("12 layers", "conv2d … re_lu_2")]

    def test_of_branches_in_models_is_within_what_is_around_them_all(self) -> None:
        x = Input((4,))()
        left, right = Model([Dense(4), Dense(4)], name="left"), Model([Dense(4)], name="right")
        both = Model(inputs=x, outputs=Add()(left(x), right(x)), name="both")
        boxes = folded(boxes_of(Model([Dense(4), Model([both], name="outer")], in_shape=(4,)).summary(depth=None)), 1)
        assert [(box.name, box.kind, box.models) for box in boxes] == [
            ("dense", "Dense", ()), ("4 layers", "left/dense … add", ("outer", "both")),
        ]  # fmt: skip

    def test_does_not_reach_over_a_layer_that_is_called_again(self) -> None:
        x, shared = Input((4,))(), Dense(4).place()
        model = Model(inputs=x, outputs=Dense(4)(shared(Dense(4)(shared(x)))))
        assert [box.name for box in folded(boxes_of(model.summary()), 1)] == ["input", "3 layers"]


class TestSvg:
    def test_of_lenet_5_stands_in_the_documentation(self, golden: Golden) -> None:
        golden("../../docs/lenet5.svg", LENET.to_svg())

    def test_of_a_block_and_of_every_shape(self, golden: Golden) -> None:
        golden("residual-block.svg", BLOCK.to_svg())
        golden("every-shape.svg", EVERY.to_svg(depth=None))

    @given(networks, st.sampled_from([1, 2, None]))
    def test_says_what_the_summary_says(self, model: Model, depth: int | None) -> None:
        """Every layer's parameters and shape are text in the picture, and the parameters add up."""
        svg = model.to_svg(depth=depth)
        assert svg == model.to_svg(depth=depth)
        counts = [int(text.split()[0].replace(",", "")) for text in texts(svg) if text.endswith(" params")]
        assert sum(counts) == model.params()
        assert len(counts) == len([row for row in model.summary(depth=depth).rows if row.type != "Input"])

    @given(networks)
    def test_has_nothing_outside_its_page(self, model: Model) -> None:
        root = ET.fromstring(model.to_svg(depth=None))  # noqa: S314 (our own)
        _, _, width, height = map(int, root.attrib["viewBox"].split())
        assert width <= PAGE
        for element in root.iter():
            x, y = int(element.get("x", 0)), int(element.get("y", 0))
            assert 0 <= x + int(element.get("width", 0)) <= width
            assert 0 <= y + int(element.get("height", 0)) <= height

    @pytest.mark.parametrize("model", [HOSTILE, EVERY, BLOCK, LENET], ids=["hostile", "every", "block", "lenet"])
    def test_holds_no_script_no_address_and_no_id(self, model: Model) -> None:
        root = ET.fromstring(model.to_svg())  # noqa: S314 (our own)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
        assert root.attrib["role"] == "img"
        assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
        for element in root.iter():
            names = {"class", "x", "y", "width", "height", "d", "rx", "transform", "viewBox", "role", "style"}
            assert set(element.attrib) <= names
            assert not any("url" in value or "://" in value for value in element.attrib.values())
        assert "url(" not in (root.findtext(f"{SVG}style") or "")

    def test_has_names_as_text_whatever_they_are(self) -> None:
        svg = HOSTILE.to_svg()
        whole = [printable(name) for name in HOSTILE_NAMES if len(printable(name)) <= 22]
        assert {*whole} <= {*texts(svg)}
        described = ET.fromstring(svg).findtext(f"{SVG}desc") or ""  # noqa: S314 (our own)
        assert all(printable(name) in described for name in HOSTILE_NAMES)

    def test_draws_each_kernel_that_slides_over_the_map_before_it(self) -> None:
        assert LENET.to_svg().count('class="kernel"') == 4
        assert BLOCK.to_svg().count('class="kernel"') == 3

    @pytest.mark.parametrize("character", [*"W@%mé畳\u0301\x00\u202e\u200b\ud800\ufffe", "</svg>", "]]>", "&amp;"])
    def test_of_long_names_has_them_within_the_page(self, character: str) -> None:
        """A name may be as long as it likes, and of whatever characters."""
        name = character * (LONGEST_NAME // len(character))
        model = Model([Model([Dense(3, name=name)], name=name)], in_shape=(3,), name=name)
        root = ET.fromstring(model.to_svg(depth=None))  # noqa: S314 (our own)
        wide = int(root.attrib["width"])
        for text in root.iter(f"{SVG}text"):
            assert text.text is not None
            assert text.text.isprintable()
            column = 12 if "title" in text.attrib.get("class", "") else 7
            assert column * width(text.text) < wide

    def test_has_names_of_capitals_apart(self) -> None:
        """A W takes as much room as two other letters."""
        rooms = [
            int(re.findall(r'<text class="name" x="(\d+)"', Model([Dense(1, name=name)], in_shape=(1,)).to_svg())[0])
            for name in ("v" * 22, "V" * 22, "W" * 22)
        ]
        assert [2 * (room - MARGIN) for room in rooms] == [8 * 22, 12 * 22, 16 * 22]

    def test_has_its_totals_within_the_page(self) -> None:
        huge = Model([Conv3D(2**62, 3)], in_shape=(2**62,) * 4)
        svg = huge.to_svg()
        totals = f"{huge.params():,} parameters · {huge.macs():,} MACs"
        assert totals in texts(svg)
        assert int(ET.fromstring(svg).attrib["width"]) > 7 * len(totals)  # noqa: S314 (our own)

    def test_explains_what_there_is_and_nothing_else(self) -> None:
        bars = NOTES["bars"]
        for model, notes, kinds in (
            (LENET, {NOTES["sheets"], NOTES["kernel"], bars}, {"slides, with weights", "slides, no weights",
                                                               "with weights", "no weights"}),
            (Model([Dense(3)], in_shape=(None, 4)), {NOTES["sheets"], NOTES["open"], bars}, {"with weights"}),
            (Model([Reshape((4,))], in_shape=(4,)), {NOTES["sides"], bars}, {"no weights"}),
        ):  # fmt: skip
            found = {*texts(model.to_svg())}
            assert found & {*NOTES.values()} == notes
            assert found & {*KINDS.values()} == kinds | {"parameters", "multiply-adds (MACs)"}

    @pytest.mark.parametrize("name", zoo.names())
    def test_of_networks_of_the_zoo_cuts_no_kernel_off(self, name: str) -> None:
        """Names may be shortened; what a layer is, and its kernel, are not."""
        network = zoo.get(name)
        for depth in (1, None):
            found = {*texts(network.to_svg(depth=depth))}
            kinds = {box.kind for box in folded(boxes_of(network.summary(depth=depth))) if box.is_led}
            assert kinds <= found

    def test_says_that_a_layer_has_weights_that_are_counted_elsewhere(self) -> None:
        model = Model([Dense(4, use_bias=False)] * 2, in_shape=(4,), tied=[("dense", "dense_1")])
        assert model.to_svg().count('<g class="dense"') == 2

    def test_has_few_frames_in_each_other(self) -> None:
        model = Model([Dense(4)], in_shape=(4,), name="inmost")
        for level in range(20):
            model = Model([Dense(4), model], in_shape=(4,), name=f"level{level}")
        svg = model.to_svg(depth=None)
        assert int(ET.fromstring(svg).attrib["height"]) < 2_000  # noqa: S314 (our own)
        assert {"level18", "level17", "level16", "level15"} <= {*texts(svg)}
        assert any(text.startswith("level1") and text.endswith("most") for text in texts(svg))
        assert [box.name for box in boxes_of(model.summary(depth=None))] == ["dense"] * 21

    def test_has_no_room_for_bars_where_inputs_stand_alone(self) -> None:
        inputs = [Input((4,))() for _ in range(2)]
        svg = Model(inputs=inputs, outputs=Add()(*inputs)).to_svg()
        found = re.findall(r'y="(\d+)">([^<]*)</text>', svg)
        below, legend = ([int(y) for y, text in found if text == each] for each in ("4", "no weights"))
        assert legend[0] - max(below) < 60

    @pytest.mark.parametrize("ask", [Model.summary, Model.to_svg, Model.to_dot, Model.to_mermaid])
    def test_of_models_that_hold_themselves_many_times_is_of_the_outer_ones_or_refused(self, ask: Any) -> None:
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(30):
            model = Model([model, model], in_shape=(4,))
        assert len(str(ask(model))) < 10_000
        assert len(str(ask(model, depth=4))) < 50_000
        with pytest.raises(ConfigError, match="at most 1000000 layers in the models in it that are opened, got more"):
            ask(model, depth=None)
        with pytest.raises(ConfigError, match="at most 1000000 layers in the models in it that are opened, got more"):
            model.explain()

    def test_draws_two_channels_twice_wherever_they_stand(self) -> None:
        last = Model([Input((9, 7, 2)), Conv2D(1, 3)])
        first = Model([Input((2, 9, 7)), Conv2D(1, 3, data_format="channels_first")])
        glyphs = [re.findall(r"<g class=.*</g>", model.to_svg()) for model in (last, first)]
        assert glyphs[0] == glyphs[1]
        assert [glyph.count("<rect") for glyph in glyphs[0]] == [2, 1]

    def test_of_many_layers_is_short(self) -> None:
        svg = Model([Dense(4)] * 20_000, in_shape=(4,)).to_svg()
        assert "dense_15, 19,980 more, dense_4 … dense_19995, 4, 399,840 params, " in svg
        assert len(svg) < 20_000

    def test_of_numbers_beyond_floats(self) -> None:
        svg = Model([Dense(2**62 + 1), Dense(2**62 + 3)], in_shape=(2**62 + 5,)).to_svg()
        assert f"{(2**62 + 6) * (2**62 + 1):,} params" in texts(svg)

    def test_of_a_layer_with_many_outputs_and_one_that_gives_one_number(self) -> None:
        class Split(Layer):
            def compute_output_shape(self, in_shape: Shape) -> tuple[Shape, ...]:
                return ((), (2,), (2, 2), (2, 2, 2))

        found = texts(Model([Split()], in_shape=(4,)).to_svg())
        assert "one number" in found
        assert "and 2 more" in found

    @pytest.mark.parametrize("draw", FORMATS.values())
    def test_needs_a_known_input_and_a_depth(self, draw: Callable[..., str]) -> None:
        with pytest.raises(ShapeError, match="in_shape must be given"):
            draw(Model([Dense(3)]))
        with pytest.raises(ConfigError, match="depth must be"):
            draw(LENET, depth=0)
        assert draw(Model([Dense(3)]), (3,)) == draw(Model([Dense(3)], in_shape=(3,)))


class TestTextualGraphs:
    @pytest.mark.parametrize("ending", ["mmd", "dot"])
    def test_of_a_block_and_of_every_shape(self, ending: str, golden: Golden) -> None:
        golden(f"residual-block.{ending}", FORMATS[ending](BLOCK) + "\n")
        golden(f"every-shape.{ending}", FORMATS[ending](EVERY, depth=None) + "\n")
        golden(f"hostile.{ending}", FORMATS[ending](HOSTILE) + "\n")

    @given(networks, st.sampled_from([1, 2, None]))
    def test_have_a_node_a_row_and_an_arrow_a_source(self, model: Model, depth: int | None) -> None:
        boxes = boxes_of(model.summary(depth=depth))
        for text, node, arrow, end in (
            (model.to_mermaid(depth=depth), r"^ +n\d+\[", "-->", r"^ +end$"),
            (model.to_dot(depth=depth), r"^ +n\d+ \[", "->", r"^ +}$"),
        ):
            patterns = [node, rf"^ +n\d+ {arrow} n\d+$", end, r"^ +subgraph"]
            nodes, arrows, ends, subgraphs = (len(re.findall(each, text, re.MULTILINE)) for each in patterns)
            assert (nodes, arrows) == (len(boxes), sum(len(box.sources) for box in boxes))
            assert ends == subgraphs

    @given(st.text(min_size=1))
    def test_of_any_name_are_as_long_as_of_another(self, name: str) -> None:
        for draw in (Model.to_mermaid, Model.to_dot):
            one, other = (draw(Model([Dense(3, name=own)], in_shape=(3,), name=own)) for own in (name, "plain"))
            assert len(one.splitlines()) == len(other.splitlines())

    @pytest.mark.parametrize(
        "model",
        [zoo.resnet152(), zoo.efficientnet_b7(), Model([Dense(4)] * 1_000, in_shape=(4,))],
        ids=["resnet152", "efficientnet_b7", "chain"],
    )
    def test_mermaid_gets_no_more_than_it_draws(self, model: Model) -> None:
        text = model.to_mermaid(depth=None)
        assert len(text) <= 50_000
        assert text.count(" --> ") <= 500
        assert sum(int(count.replace(",", "")) for count in re.findall(r">([\d,]+) params", text)) == model.params()
        assert len(boxes_of(model.summary(depth=None))) == len(
            re.findall(r"^ +n\d+ \[", model.to_dot(depth=None), re.MULTILINE)
        )

    def test_mermaid_holds_no_sign_that_it_would_read(self) -> None:
        """Its directives, comments, styles and entities are looked for in the whole text, quoted or not."""
        labels = re.findall(r'\["(.*)"\]$', HOSTILE.to_mermaid(), re.MULTILINE)
        assert len(labels) == len(HOSTILE_NAMES)
        for label in labels:
            plain = re.sub(r"#\d+;", "", label.replace("<br/>", ""))
            assert all(character.isalnum() or character in " ,_×…" for character in plain), plain


def test_the_documentation_shows_the_picture() -> None:
    assert "](lenet5.svg)" in (TOP / "docs" / "pictures.md").read_text(encoding="utf-8")
