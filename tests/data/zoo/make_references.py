"""Writes references.json beside it: the weights of networks as their reference implementations have them.

    python -m venv references && references/bin/python -m pip install torch torchvision transformers
    references/bin/python tests/data/zoo/make_references.py

The networks are made on PyTorch's meta device, which holds shapes and no numbers. A weight that is tied stands in the
file once. Layers that repeat stand in it once too: `#` in a name is the number of the layer, from 0. A network is
called as in the zoo, with those of its options that are True.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

torch: Any = import_module("torch")
torchvision: Any = import_module("torchvision")
transformers: Any = import_module("transformers")

LARGE = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
ROBERTA = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}
"""As in the released configurations; all else is the default of the class."""

Shapes = dict[str, list[int]]


def of_transformers(model: str, config: str, **settings: int) -> tuple[str, Callable[[], Any]]:
    return f"transformers {transformers.__version__}, {model}", lambda: getattr(transformers, model)(
        getattr(transformers, config)(**settings)
    )


def of_torchvision(name: str) -> tuple[str, Callable[[], Any]]:
    return f"torchvision {torchvision.__version__}, {name}", getattr(torchvision.models, name)


NETWORKS = {
    "bert_base": of_transformers("BertModel", "BertConfig"),
    "bert_base, language_model": of_transformers("BertForMaskedLM", "BertConfig"),
    "bert_large": of_transformers("BertModel", "BertConfig", **LARGE),
    "roberta_base": of_transformers("RobertaModel", "RobertaConfig", **ROBERTA),
    "roberta_base, language_model": of_transformers("RobertaForMaskedLM", "RobertaConfig", **ROBERTA),
    "roberta_large": of_transformers("RobertaModel", "RobertaConfig", **ROBERTA, **LARGE),
    "layoutlm_base": of_transformers("LayoutLMModel", "LayoutLMConfig"),
    "layoutlm_large": of_transformers("LayoutLMModel", "LayoutLMConfig", **LARGE),
    "gpt2": of_transformers("GPT2LMHeadModel", "GPT2Config"),
    "gpt2_medium": of_transformers("GPT2LMHeadModel", "GPT2Config", n_embd=1024, n_layer=24, n_head=16),
    "gpt2_large": of_transformers("GPT2LMHeadModel", "GPT2Config", n_embd=1280, n_layer=36, n_head=20),
    "gpt2_xl": of_transformers("GPT2LMHeadModel", "GPT2Config", n_embd=1600, n_layer=48, n_head=25),
    "vit_b_16": of_torchvision("vit_b_16"),
    "vit_l_16": of_torchvision("vit_l_16"),
}


def folded(weights: Iterable[tuple[str, list[int]]]) -> tuple[int, Shapes]:
    """How many layers repeat, and all weights with `#` for the number of the layer."""
    found: Shapes = {}
    numbers: dict[str, list[int]] = {}
    for name, shape in weights:
        layer = re.search(r"(?:layer|layers|h)\.(?:encoder_layer_)?(\d+)\.", name)
        short = name if layer is None else name[: layer.start(1)] + "#" + name[layer.end(1) :]
        if layer is not None:
            numbers.setdefault(short, []).append(int(layer[1]))
        if found.setdefault(short, shape) != shape:
            raise ValueError(f"{name} is of another shape in another layer")
    layers = len(next(iter(numbers.values())))
    if any(each != list(range(layers)) for each in numbers.values()):
        raise ValueError("the layers have not the same weights")
    return layers, found


def written(name: str, source: str, make: Callable[[], Any]) -> str:
    with torch.device("meta"):
        parameters = list(make().named_parameters())
    layers, weights = folded((each, list(parameter.shape)) for each, parameter in parameters)
    total = sum(parameter.numel() for _, parameter in parameters)
    lines = ",\n".join(f"   {json.dumps(each)}: {shape}" for each, shape in weights.items())
    facts = f'  "source": {json.dumps(source)},\n  "total": {total},\n  "layers": {layers},\n'
    return f' {json.dumps(name)}: {{\n{facts}  "weights": {{\n{lines}\n  }}\n }}'


if __name__ == "__main__":
    text = ",\n".join(written(name, source, make) for name, (source, make) in NETWORKS.items())
    (Path(__file__).parent / "references.json").write_text(f"{{\n{text}\n}}\n", encoding="utf-8")
