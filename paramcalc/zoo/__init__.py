"""The networks that the field names, each a short function that can be read beside its paper.

>>> from paramcalc import zoo
>>> zoo.resnet50().params()
25636712

Knows: the names, and the file that each is in. Must not load one before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from paramcalc.arguments import text
from paramcalc.errors import ConfigError, nearest, shown

if TYPE_CHECKING:
    from paramcalc.model import Model
    from paramcalc.zoo.alexnets import alexnet, alexnet_grouped
    from paramcalc.zoo.bert import bert_base, bert_large
    from paramcalc.zoo.densenet import densenet121
    from paramcalc.zoo.efficientnet import (
        efficientnet_b0,
        efficientnet_b1,
        efficientnet_b2,
        efficientnet_b3,
        efficientnet_b4,
        efficientnet_b5,
        efficientnet_b6,
        efficientnet_b7,
    )
    from paramcalc.zoo.extreme_inception import xception
    from paramcalc.zoo.gpt import gpt2, gpt2_large, gpt2_medium, gpt2_xl
    from paramcalc.zoo.inception import inception_v3
    from paramcalc.zoo.layoutlm import layoutlm_base, layoutlm_large
    from paramcalc.zoo.lenet import lenet5, lenet5_1998
    from paramcalc.zoo.mobilenets import mobilenet, mobilenet_v2
    from paramcalc.zoo.resnet import resnet50, resnet101, resnet152
    from paramcalc.zoo.roberta import roberta_base, roberta_large
    from paramcalc.zoo.transformer import transformer_base, transformer_big
    from paramcalc.zoo.u_net import unet
    from paramcalc.zoo.vgg import vgg16, vgg19
    from paramcalc.zoo.vit import vit_b_16, vit_l_16

__all__ = [
    "alexnet",
    "alexnet_grouped",
    "bert_base",
    "bert_large",
    "densenet121",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "get",
    "gpt2",
    "gpt2_large",
    "gpt2_medium",
    "gpt2_xl",
    "inception_v3",
    "layoutlm_base",
    "layoutlm_large",
    "lenet5",
    "lenet5_1998",
    "mobilenet",
    "mobilenet_v2",
    "names",
    "resnet50",
    "resnet101",
    "resnet152",
    "roberta_base",
    "roberta_large",
    "transformer_base",
    "transformer_big",
    "unet",
    "vgg16",
    "vgg19",
    "vit_b_16",
    "vit_l_16",
    "xception",
]
# No file is named as a network: loading it would put it in the network's place
_HOMES = {
    "alexnets": ("alexnet", "alexnet_grouped"),
    "bert": ("bert_base", "bert_large"),
    "densenet": ("densenet121",),
    "efficientnet": tuple(f"efficientnet_b{number}" for number in range(8)),
    "extreme_inception": ("xception",),
    "gpt": ("gpt2", "gpt2_medium", "gpt2_large", "gpt2_xl"),
    "inception": ("inception_v3",),
    "layoutlm": ("layoutlm_base", "layoutlm_large"),
    "lenet": ("lenet5", "lenet5_1998"),
    "mobilenets": ("mobilenet", "mobilenet_v2"),
    "resnet": ("resnet50", "resnet101", "resnet152"),
    "roberta": ("roberta_base", "roberta_large"),
    "transformer": ("transformer_base", "transformer_big"),
    "u_net": ("unet",),
    "vgg": ("vgg16", "vgg19"),
    "vit": ("vit_b_16", "vit_l_16"),
}


def names() -> tuple[str, ...]:
    """The names of all networks, in alphabetical order.

    >>> "resnet50" in names()
    True
    """
    return tuple(sorted(name for home in _HOMES.values() for name in home))


def get(name: str, **options: Any) -> Model:
    """The network of this name; the options are those of its function.

    Raises `ConfigError` for a name that is not known, with those that are nearest to it.

    >>> get("resnet50", classes=10).output_shape()
    (10,)
    """
    plain = text("name", name)
    if plain not in names():
        raise ConfigError("name", "that of a network in the zoo", shown(plain), nearest(plain, names()))
    model: Model = __getattr__(plain)(**options)
    return model


def __getattr__(name: str) -> Any:
    for home, own in _HOMES.items():
        if name in own:
            value = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
