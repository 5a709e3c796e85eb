"""What a student is told: one table of sentences, and the facts that they name.

Knows: templates, and where a fact comes from. Must not know: how mistakes are found.

A sentence is a template with names in braces, `{value}`; it is filled in by plain substitution, never evaluated. A
course may give a mapping of its own, in its own language; what that leaves out stays English. No sentence of the
library tells the right answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from paramcalc.errors import ConfigError, ParamcalcError, nearest, shown, type_name
from paramcalc.grading.mistakes import Mistake
from paramcalc.grading.outcomes import About
from paramcalc.layers.base import Layer
from paramcalc.layers.wrappers import TimeDistributed
from paramcalc.model import Model
from paramcalc.shapes import Shapes, one_by_one, parted, product
from paramcalc.weights import Weight

SENTENCES: dict[str, str] = {
    "no_bias": "{value} leaves out the biases, {missing} in all.",
    "no_input_channels": "{value} is for kernels of one channel. A kernel reaches through all channels of its input.",
    "one_bias": "{value} has one bias for the whole layer. Every filter or unit has its own.",
    "moving_statistics_forgotten": (
        "{value} is what is learnt, a factor and an offset for each channel. A moving mean and variance are "
        "kept too, and count."
    ),
    "dense_flattens": (
        "{value} joins every input to every unit. A Dense layer works along the last axis alone; its input is"
        " not flattened."
    ),
    "no_gates": "{value} has one kernel and one recurrent kernel. Every gate has its own.",
    "one_direction": "{value} is one direction. There are two, with weights of their own.",
    "recurrent_vector": "{value} has one recurrent weight a unit. Every unit sees the state of all {units} units.",
    "reset_after_mixed_up": (
        "{value} mixes up the biases of a GRU: there are two a gate with reset_after, and one without."
    ),
    "two_biases": "{value} has a bias behind each of the two matrices, as PyTorch has. In Keras there is one for both.",
    "pool_weights": "{value} gives weights to pooling. A maximum or an average has none to learn.",
    "no_weights": "{value} says that nothing is learnt here. The layer has weights.",
    "biases_alone": "{value} is the number of biases. The kernel is missing.",
    "filters_for_params": "{value} is the number of filters. Each of them has a kernel of many weights.",
    "output_size_for_params": (
        "{value} is how many numbers come out. Parameters are what the layer has learnt to make them."
    ),
    "bias_for_each_input": "{value} has a bias for each input. There is one for each of the {units} units.",
    "added_for_multiplied": "{value} adds sizes that are multiplied.",
    "vocabulary_plus_one": "{value} has a row for one word more. The vocabulary is {input_dim}, whatever is in it.",
    "key_dim_of_all_heads": (
        "{value} takes {key_dim} for the size of all heads together. It is that of each of the {num_heads}."
    ),
    "heads_multiplied": (
        "{value} gives every head projections of the full size. A head has its own part of them, of size {key_dim}."
    ),
    "three_gates": "{value} has three kernels. An LSTM has four: three gates and the candidate for the cell.",
    "units_for_steps": (
        "{value} takes the number of steps for the number of units. There are {units} units, however long the sequence."
    ),
    "no_weight_sharing": "{value} has a kernel for each of the {positions} positions. All positions share one.",
    "counted_for_each_position": "{value} counts the weights anew for each position. All positions share them.",
    "counted_for_each_step": "{value} counts the weights anew for each of the {steps} steps. All steps share them.",
    "as_plain_conv": "{value} is the count of a plain convolution. Here a kernel sees one channel alone.",
    "depthwise_bias": "{value} has a bias behind the depthwise step too. There is one behind the pointwise step alone.",
    "groups_ignored": "{value} lets every filter see all channels. With groups it sees those of its own group.",
    "square_kernel": "{value} is for a window that is as long on every axis. Here the axes differ.",
    "bias_for_each_weight": "{value} has a bias for each weight. There is one for each filter or unit.",
    "bias_for_each_position": (
        "{value} has biases for each of the {positions} positions. All positions share the bias of a filter."
    ),
    "strides_counted": "{value} counts the strides in. They change how often a kernel is applied, not how large it is.",
    "trained_alone": "{value} is what is trained. What is frozen is counted too.",
    "running_total": "{value} is the sum up to a certain array of weights. {missing} are still to be added.",
    "layer_left_out": "{value} leaves out a layer with {missing} parameters.",
    "counted_twice": "{value} counts weights more than once that are shared. They are one array, and count once.",
    "rounded_up": "{value} comes from rounding up. A last window that is cut off does not count here.",
    "rounded_down": "{value} comes from rounding down. A last window that is cut off counts here.",
    "valid_and_same_mixed_up": (
        '{value} comes from another padding. "valid" has none; with "same", an axis shrinks by the strides alone.'
    ),
    "plus_one_forgotten": "{value} counts steps of the window. There is one position more than steps.",
    "stride_ignored": "{value} moves the window by 1. It moves by the strides.",
    "pool_size_for_stride": "{value} moves the window by its own size. It moves by the strides, {strides}.",
    "padding_on_one_side": "{value} has the padding at one end of an axis. It is added at both.",
    "dilation_ignored": "{value} is for a kernel without gaps. With dilation it reaches further.",
    "input_channels_kept": (
        "{value} keeps the input's channels. A filter sees all of them and gives one; there are as many as filters."
    ),
    "channels_left_out": "{value} leaves out the channels, which are an axis too.",
    "flattened_without_channels": "{value} leaves out the channels. All axes are multiplied.",
    "not_flattened": "{value} does not flatten. All axes become one.",
    "return_sequences_mixed_up": (
        "{value} mixes up the last step and all of them: return_sequences says which is returned."
    ),
    "directions_not_joined": "{value} is what one direction gives. The outputs of both are put behind each other.",
    "channels_first_and_last_mixed_up": "{value} takes the channels at the wrong end of the shape.",
    "filters_for_each_channel": (
        "{value} has a picture for each filter and each input channel. A filter adds up all channels."
    ),
    "channels_pooled": "{value} pools the channels too. Each channel is pooled by itself and stays.",
    "pooled_over_wrong_axes": (
        "{value} comes from pooling over other axes. Each channel becomes one number; the channels stay."
    ),
    "pooled_axes_kept": "{value} mixes up whether the pooled axes are kept, with size 1, or dropped.",
    "gap_flattens": "{value} puts all numbers in a row. Global pooling leaves one number for each channel.",
    "dropout_removes_units": "{value} takes units away. Dropout sets some to 0 while training, and the shape stays.",
    "transposed_as_conv": "{value} is the shape behind an ordinary convolution. A transposed one goes the other way.",
    "batch_counted": "{value} counts the batch. A shape is asked for without it.",
    "digits_exchanged": "{value} has two neighbouring digits exchanged.",
    "digit_lost": "{value} has lost a digit.",
    "digit_doubled": "{value} has a digit twice.",
    "neighbours_answer": "{value} is the answer for the layer before or behind.",
    "made_before": "A mistake in a layer before this one: {sentence}",
    "two_mistakes": "Two mistakes at once: {first} {second}",
    "params_question": "How many parameters has {layer} on an input of shape {in_shape}?",
    "output_shape_question": "What shape comes out of {layer} for an input of shape {in_shape}?",
    "either_mistake": "{first} Or: {second}",
    "made_on_own_shape": "On your own input shape, {in_shape}: {sentence}",
    "right": "Right.",
    "carried": "{value} follows from your own input shape, {in_shape}, in which there is an earlier mistake.",
    "wrong": "{value} is not right.",
    "missing": "Nothing is given.",
    "no_table": "The answers must be a list of pairs, (output shape, params), one for each layer; got {value}.",
    "no_pair": "A row must be a pair, (output shape, params); got {value}.",
    "rows_missing": "There are fewer rows than layers: {given} for {wanted}.",
    "rows_too_many": "There are more rows than the {wanted} layers.",
    "rows_exchanged": "Rows {first} and {second} are exchanged: each is right for the layer of the other.",
    "row_left_out": "The row of {layer} is left out: all others are right, one place further on.",
    "row_put_in": "Row {first} belongs to no layer: without it all are right.",
}
"""The English sentence for each mistake, those around them, and those of reports and exercises."""

FRAMES = {
    "made_before": ("sentence",),
    "two_mistakes": ("first", "second"),
    "params_question": ("layer", "in_shape"),
    "output_shape_question": ("layer", "in_shape"),
    "either_mistake": ("first", "second"),
    "made_on_own_shape": ("in_shape", "sentence"),
    "right": (),
    "carried": ("value", "in_shape"),
    "wrong": ("value",),
    "missing": (),
    "no_table": ("value",),
    "no_pair": ("value",),
    "rows_missing": ("given", "wanted"),
    "rows_too_many": ("wanted",),
    "rows_exchanged": ("first", "second"),
    "row_left_out": ("layer",),
    "row_put_in": ("first",),
}
"""The sentences that are about no mistake, and the facts that each may name: of those around mistakes, `{first}` and
`{second}` are sentences; of those about rows, their numbers."""

LONGEST_SENTENCE = 1_000

MOST_TOLD = 3
"""How many mistakes that coincide a student is told of; the likeliest are."""

_FIELD = re.compile(r"\{(\w+)\}")


class Case(NamedTuple):
    """A mistake that was made: what about, the wrong and the right answer, and the layer that it was made in.

    >>> from paramcalc import Dense
    >>> Case("params", 840, 850, Dense(10), (84,)).right
    850
    """

    about: About
    value: Any
    right: Any
    layer: Layer
    in_shape: Shapes


def kernels_and_biases(layer: Layer, in_shape: Any) -> tuple[tuple[Weight, ...], tuple[Weight, ...]]:
    """The weights of a layer in two; none of a model, which may hold more than could be listed.

    >>> from paramcalc import Dense
    >>> [[weight.size for weight in weights] for weights in kernels_and_biases(Dense(10), (84,))]
    [[840], [10]]
    """
    weights = () if isinstance(layer, Model | TimeDistributed) else layer.weights(in_shape)
    parts: tuple[list[Weight], list[Weight]] = ([], [])
    for weight in weights:
        parts[weight.name.rpartition("/")[-1] == "bias"].append(weight)
    return tuple(parts[False]), tuple(parts[True])


def _channels(case: Case) -> object:
    return parted(one_by_one(case.in_shape)[0], case.layer.layout(case.in_shape, None))[1]


def _positions(case: Case) -> object:
    output_shape = one_by_one(case.layer.output_shape(case.in_shape))[0]
    return product(parted(output_shape, case.layer.layout(case.in_shape, None))[0])


def _size(case: Case, part: int) -> object:
    if isinstance(case.layer, Model):
        return None
    return sum(weight.size for weight in kernels_and_biases(case.layer, case.in_shape)[part])


FACTS: dict[str, Callable[[Case], object]] = {
    "value": lambda case: case.value,
    "right": lambda case: case.right,
    "missing": lambda case: max(case.right - case.value, 0),
    "extra": lambda case: max(case.value - case.right, 0),
    "layer": lambda case: case.layer.name or type_name(type(case.layer)),
    "in_shape": lambda case: case.in_shape,
    "channels": _channels,
    "positions": _positions,
    "steps": lambda case: one_by_one(case.in_shape)[0][0],
    "kernels": lambda case: _size(case, 0),
    "biases": lambda case: _size(case, 1),
}
"""What every sentence may name: the answer and the right one, how much less or more that is (of a count), the layer,
its input shape, channels and steps, the positions of its output, and the sizes of its kernels and biases. A sentence
may also name every argument of the layers that its mistake is for."""


def _fact(name: str, case: Case) -> str:
    try:
        value = FACTS[name](case) if name in FACTS else getattr(case.layer, name)
    except (ParamcalcError, TypeError, IndexError):  # an open axis, or several shapes, where the fact is of none
        value = None
    return "unknown" if value is None else _written(value, name)


def _written(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and name not in ("value", "right", "in_shape"):
        return " × ".join(map(shown, value))
    return shown(value)


def _arguments(mistake: Mistake) -> set[str]:
    """The arguments that all the layers have which the mistake is for."""
    return set.intersection(*({field.name for field in attrs.fields(kind) if field.init} for kind in mistake.on))


def checked_sentences(sentences: Mapping[str, str] | None, mistakes: Iterable[Mistake]) -> Mapping[str, str]:
    """The sentences for these mistakes, with the English ones for what is left out.

    Raises `ConfigError` for what is no mapping of names to texts, for a name that is no mistake's, for a mistake
    without a sentence, and for a template that names what its mistake does not know.

    >>> from paramcalc.grading import MISTAKES
    >>> checked_sentences({"no_bias": "{value} has no bias in it."}, MISTAKES)["no_bias"]
    '{value} has no bias in it.'
    >>> checked_sentences({"no_bias": "{value.real}"}, MISTAKES)
    Traceback (most recent call last):
    paramcalc.errors.ConfigError: sentences['no_bias'] must be a text with names alone in its braces, got '{value.real}'
    """
    given = _as_dict(sentences)
    own = {mistake.name: mistake for mistake in mistakes}
    for name, template in given.items():
        if name not in own and name not in SENTENCES:
            known = [*own, *FRAMES]
            raise ConfigError("a name in sentences", "that of a mistake", shown(name), nearest(name, known))
        facts = set(FRAMES.get(name, FACTS)) | (_arguments(own[name]) if name in own else set())
        unknown = name not in own and name not in FRAMES  # a mistake that is not looked for
        _check(f"sentences[{shown(name)}]", template, None if unknown else facts)
    for name in own:
        if name not in given and name not in SENTENCES:
            raise ConfigError("sentences", f"with one for mistake {shown(name)}", "none")
    return {**SENTENCES, **given}


def _as_dict(sentences: object) -> dict[str, str]:
    try:
        return {} if sentences is None else dict(sentences)  # type: ignore[call-overload]  # that is the question
    except Exception:  # noqa: BLE001 (a foreign mapping may raise anything)
        raise ConfigError("sentences", "a mapping of the names of mistakes to texts", shown(sentences)) from None


def _check(subject: str, template: object, facts: set[str] | None) -> None:
    """Raises `ConfigError` unless it is a template that names these facts alone, or any where they are None."""
    if not isinstance(template, str) or not template or len(template) > LONGEST_SENTENCE:
        raise ConfigError(subject, f"a text of 1 to {LONGEST_SENTENCE} characters", shown(template))
    if re.search("[{}]", _FIELD.sub("", template)):
        raise ConfigError(subject, "a text with names alone in its braces", shown(template))
    for name in _FIELD.findall(template):
        if facts is not None and name not in facts:
            raise ConfigError(f"{{{name}}} in {subject}", "a fact", "none", nearest(name, sorted(facts)))


def told(sentences: Mapping[str, str], name: str, case: Case) -> str:
    """The sentence for a mistake, with its facts.

    >>> from paramcalc import Dense
    >>> told(SENTENCES, "no_bias", Case("params", 840, 850, Dense(10), (84,)))
    '840 leaves out the biases, 10 in all.'
    """
    return _FIELD.sub(lambda found: _fact(found[1], case), sentences[name])


def framed(sentences: Mapping[str, str], name: str, **parts: str) -> str:
    """The sentence that is put around others.

    >>> framed(SENTENCES, "two_mistakes", first="One.", second="Another.")
    'Two mistakes at once: One. Another.'
    """
    return _FIELD.sub(lambda found: parts[found[1]], sentences[name])


def told_together(sentences: Mapping[str, str], messages: Sequence[str]) -> str:
    """What is told of mistakes that lead to the same answer.

    >>> told_together(SENTENCES, ["One.", "Another."])
    'One. Or: Another.'
    """
    message, *others = messages[:MOST_TOLD]
    for other in others:
        message = framed(sentences, "either_mistake", first=message, second=other)
    return message
