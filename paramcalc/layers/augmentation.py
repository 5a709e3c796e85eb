"""Layers that change images at random, or all in one way, and keep their shape.

Knows: the operations of Keras by name, and that their settings are plain data. Must not know: what the settings mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from paramcalc.arguments import choice, number
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Passing
from paramcalc.shapes import DATA_FORMATS, LARGEST, Shape, as_int, as_tuple
from paramcalc.windows import Window

if TYPE_CHECKING:
    from typing_extensions import TypeIs

AUGMENTATIONS = (
    "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization", "MixUp",
    "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness",
    "RandomShear", "RandomTranslation", "RandomZoom", "Solarization",
)  # fmt: skip
"""The layers of Keras that an `Augmentation` stands for."""

_OF_THE_WHOLE_IMAGE = ("AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization")

Setting: TypeAlias = "bool | int | float | str | tuple[Setting, ...] | None"
Settings: TypeAlias = tuple[tuple[str, Setting], ...]

DEEPEST = 20
MOST_VALUES = 10_000


def as_dict(settings: Settings) -> dict[str, Any]:
    """Settings as a dict, with lists and dicts inside, as JSON and Keras take them.

    A list of pairs, each a name with a value, in the order of the names, is what a dict inside has become.

    >>> as_dict((("factor", (0, 0.5)), ("inner", (("a", 1), ("b", None)))))
    {'factor': [0, 0.5], 'inner': {'a': 1, 'b': None}}
    """
    return {name: _thawed(value) for name, value in settings}


def _thawed(value: Setting) -> Any:
    if not isinstance(value, tuple):
        return value
    names = [pair[0] for pair in value if _is_pair(pair)]
    if value and len(names) == len(value) and names == sorted(set(names)):
        return as_dict(value)  # type: ignore[arg-type]  # these are pairs
    return [_thawed(item) for item in value]


def _is_pair(value: object) -> TypeIs[tuple[str, object]]:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)  # noqa: PLR2004 (a pair)


def _named(value: object) -> dict[str, object] | None:
    """What a mapping holds, or a list of pairs; None for anything else, and where a name stands twice."""
    try:
        items = tuple(value.items()) if isinstance(value, Mapping) else as_tuple(value)
    except Exception:  # noqa: BLE001 (a foreign mapping may raise anything)
        return None
    named: dict[str, object] = {}
    for item in items or ():
        pair = as_tuple(item)
        if pair is None or len(pair) != 2 or not isinstance(pair[0], str):  # noqa: PLR2004 (a pair)
            return None
        named[str.__str__(pair[0])] = pair[1]
    return None if items is None or len(named) < len(items) else named


class _Reader:
    """Takes plain data that somebody wrote, and counts: what holds itself many times over is endless."""

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def pairs(self, name: str, value: object, level: int) -> Settings:
        """The items of a mapping, sorted by their names; a list of pairs is taken too."""
        named = _named(value)
        if named is None:
            raise ConfigError(name, "a mapping from names to plain data", shown(value))
        self.left -= 2 * len(named)
        return tuple((key, self.value(f"{name}[{shown(key)}]", named[key], level + 2)) for key in sorted(named))

    def value(self, name: str, value: object, level: int) -> Setting:
        self.left -= 1
        if level > DEEPEST or self.left < 0:
            limit = f"of at most {DEEPEST} levels (a mapping is two) and {MOST_VALUES} values"
            raise ConfigError("settings", limit, f"more, at {name}")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, Mapping):
            return self.pairs(name, value, level)
        items = as_tuple(value)
        if items is not None:
            return tuple(self.value(f"{name}[{index}]", item, level + 1) for index, item in enumerate(items))
        whole = as_int(value)
        if whole is not None and abs(whole) <= LARGEST:
            return whole
        try:
            return number(name, value)
        except ConfigError:
            expected = "plain data: a text, a finite number, True, False, None, or a list or mapping of them"
            raise ConfigError(name, expected, shown(value)) from None


def _settings(value: Mapping[str, Any] | Settings) -> Settings:
    return _Reader().pairs("settings", value, 0)


def _operation(value: str) -> str:
    return choice("operation", value, AUGMENTATIONS)


@attrs.frozen(repr=False)  # whose settings are equal in a way of their own
class Augmentation(Passing):
    """Images that are flipped, turned, coloured or mixed, at random or all in one way: the same shape, no weights.

    Arguments: `operation`, the name of the layer in Keras; `settings`, a mapping of its arguments, which are plain data
    and not checked further; they are kept as pairs, sorted by their names, and pairs are taken too. Raises
    `ConfigError` for a wrong argument, `ShapeError` for a shape that is none of an image: two or three axes (Keras
    takes two for one image without a batch).

    >>> Augmentation("RandomRotation", {"factor": 0.2}).output_shape((224, 224, 3))
    (224, 224, 3)
    >>> Augmentation("RandomFlip", {"mode": "horizontal"})
    Augmentation('RandomFlip', settings=(('mode', 'horizontal'),))
    """

    operation: str = attrs.field(converter=_operation)
    # By repr, because 1, 1.0 and True are equal and are not the same settings
    settings: Settings = attrs.field(default=(), converter=_settings, eq=repr)

    @property
    def data_format(self) -> str:
        """Where the channels are, as the settings say.

        >>> Augmentation("RandomFlip").data_format
        'channels_last'
        """
        own = dict(self.settings).get("data_format")
        return own if isinstance(own, str) and own in DATA_FORMATS else "channels_last"

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) not in (2, 3):
            hint = "leave out the batch axis" if len(in_shape) == 4 else ""  # noqa: PLR2004 (a batch of images)
            raise ShapeError("in_shape", "that of an image, 3 axes", shown(in_shape), hint)
        if self.operation == "RandomColorDegeneration":
            channels = (None, *in_shape)[-1 if self.data_format == "channels_last" else -3]
            if channels not in (None, 3):
                raise ShapeError("in_shape", "that of an image with 3 channels", shown(in_shape))
        return in_shape

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        # What is done at random is done while training alone
        return None if self.operation in _OF_THE_WHOLE_IMAGE else ()
