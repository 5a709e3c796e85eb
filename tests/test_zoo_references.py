"""Networks of the zoo that Keras does not have, held against their reference implementations and against their papers.

`data/zoo/make_references.py` wrote down what the reference implementations have. They group the same numbers otherwise,
so that our arrays are regrouped before they are compared, by these rules and no others:

- PyTorch's `Linear` holds a kernel transposed, (outputs, inputs); GPT-2's, which transformers calls `Conv1D`, does not.
- The heads of attention stand in one axis, heads × size; GPT-2 and torchvision hold query, key and value in one array.
- A convolution's kernel begins with its filters and channels.
- Torchvision's class token and positions have an axis of 1 for the batch.
- PyTorch lists weights in the order in which its modules were made: what stands in `LISTED_ELSEWHERE` is moved.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paramcalc import Conv2D, Dense, LearnedTokens, MultiHeadAttention, PositionEmbedding, Row, zoo

REFERENCES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "zoo" / "references.json").read_text(encoding="utf-8")
)
JOINED = ("gpt2", "vit")
"""Networks whose query, key and value are one array."""

LISTED_ELSEWHERE = {
    "class_token": "conv_proj.bias",
    "embeddings.position_embeddings.weight": "embeddings.word_embeddings.weight",
    "lm_head.bias": "lm_head.layer_norm.bias",
    "predictions.bias": "predictions.transform.LayerNorm.bias",
}
"""The ends of names, with that behind which the weight is used."""


def listed(reference: dict[str, Any]) -> list[tuple[int, ...]]:
    """The shapes of all weights of a reference implementation, layer by layer, in the order in which they are used."""
    weights = [(name, tuple(shape)) for name, shape in reference["weights"].items()]
    for moved, behind in LISTED_ELSEWHERE.items():
        for weight in [weight for weight in weights if weight[0].endswith(moved)]:
            weights.remove(weight)
            (at,) = (at for at, (name, _) in enumerate(weights) if name.endswith(behind))
            weights.insert(at + 1, weight)
    repeated = [shape for name, shape in weights if "#" in name]
    first = next(at for at, (name, _) in enumerate(weights) if "#" in name)
    once = [shape for name, shape in weights if "#" not in name]
    return [*once[:first], *repeated * reference["layers"], *once[first:]]


def regrouped(row: Row, network: str) -> Iterator[tuple[int, ...]]:
    """The shapes of a layer's arrays as the reference implementation of this network groups them."""
    turn = 1 if network.startswith("gpt2") else -1
    shapes = {weight.name: weight.shape for weight in row.weights}
    if isinstance(row.layer, MultiHeadAttention):
        kernels = [shapes[f"{role}/kernel"] for role in ("query", "key", "value")]
        outputs = [math.prod(shapes[f"{role}/bias"]) for role in ("query", "key", "value")]
        assert outputs == [heads * size for _, heads, size in kernels]
        for together in [outputs] if network.startswith(JOINED) else [[each] for each in outputs]:
            yield (kernels[0][0], sum(together))[::turn]
            yield (sum(together),)
        heads, size, features = shapes["attention_output/kernel"]
        yield (heads * size, features)[::turn]
        yield shapes["attention_output/bias"]
    elif isinstance(row.layer, Conv2D):
        height, width, channels, filters = shapes["kernel"]
        yield (filters, channels, height, width)
        yield shapes["bias"]
    elif isinstance(row.layer, Dense):
        yield from (shape[::turn] for shape in shapes.values())
    elif isinstance(row.layer, LearnedTokens | PositionEmbedding) and network.startswith("vit"):
        yield from ((1, *shape) for shape in shapes.values())
    else:
        yield from shapes.values()


@pytest.mark.parametrize("name", REFERENCES)
def test_a_network_has_the_weights_of_its_reference_implementation(name: str) -> None:
    network, *options = name.split(", ")
    model = zoo.get(network, **dict.fromkeys(options, True))
    found = [shape for row in model.summary(depth=None).rows for shape in regrouped(row, network)]
    assert found == listed(REFERENCES[name])
    assert model.params() == REFERENCES[name]["total"] == sum(map(math.prod, found))
    assert model.summary().trainable_params == model.params()


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("alexnet", 62_378_344),
        ("alexnet_grouped", 60_965_224),
        ("lenet5", 62_958),
        ("transformer_base", 63_082_496),
        ("transformer_big", 214_245_376),
        ("unet", 31_030_658),
    ],
)
def test_a_network_has_the_total_of_its_paper(name: str, total: int) -> None:
    """Worked out from the papers by hand."""
    assert zoo.get(name).params() == zoo.get(name).summary().trainable_params == total


def test_the_transformer_layer_by_layer() -> None:
    """With d for the model's width and h for the feed-forward network's: 4 d² + 4 d, 2 d h + h + d, and 2 d a norm."""
    for name, d, h in (("transformer_base", 512, 2048), ("transformer_big", 1024, 4096)):
        rows = {row.name: row.params for row in zoo.get(name).summary(depth=2).rows}
        attention, feed_forward, norm = 4 * d * d + 4 * d, 2 * d * h + h + d, 2 * d
        for number in range(1, 7):
            assert rows[f"encoder/layer{number}"] == attention + feed_forward + 2 * norm
            assert rows[f"decoder/layer{number}"] == 2 * attention + feed_forward + 3 * norm
        assert (rows["embedding"], rows["linear"]) == (37_000 * d, 0)


def test_the_transformer_takes_languages_of_different_lengths() -> None:
    assert zoo.transformer_base().output_shape(((20,), (30,))) == (30, 37_000)
    assert zoo.transformer_base().params(((20,), (30,))) == zoo.transformer_base().params()


def test_u_net_has_the_maps_of_its_figure() -> None:
    rows = {row.name: row.output_shape for row in zoo.unet().summary().rows}
    on_the_way_down = [rows[f"contracting{level}"] for level in range(1, 5)]
    on_the_way_up = [rows[f"expansive{level}"] for level in range(1, 5)]
    assert on_the_way_down == [(568, 568, 64), (280, 280, 128), (136, 136, 256), (64, 64, 512)]
    assert on_the_way_up == [(388, 388, 64), (196, 196, 128), (100, 100, 256), (52, 52, 512)]
    assert zoo.unet((None, None, 3), 5).output_shape((572, 700, 3)) == (388, 516, 5)


def test_other_options_give_other_networks() -> None:
    assert zoo.gpt2(vocabulary=100).params() == 124_439_808 - (50_257 - 100) * 768
    assert zoo.vit_b_16((384, 384, 3)).params() == 86_567_656 + (24 * 24 - 14 * 14) * 768
    assert zoo.vit_b_16(classes=10).params() == 86_567_656 - 990 * 769
    assert zoo.bert_base((None,)).output_shape(((9,), (9,))) == ((9, 768), (768,))
    assert zoo.layoutlm_base((128,)).in_shape == ((128,), (128, 4), (128,))
