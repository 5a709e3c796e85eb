"""Sequences: what a layer that works step by step takes, and what it gives back.

Knows: a sequence, the states before it and the states behind it. Must not know: layers, and what happens in a step.

Such a layer takes the sequence alone, or a tuple of the sequence and its initial states.
"""

from __future__ import annotations

from paramcalc.errors import ShapeError, shown
from paramcalc.shapes import Shape, Shapes, are_several, one_by_one


def require_states(in_shape: Shapes, states: tuple[Shape, ...]) -> None:
    """Raises `ShapeError` unless the initial states are as `states`, or none are given at all.

    An axis that is None, not known, fits any.

    >>> require_states((10, 16), ((32,),))
    >>> require_states(((10, 16), (None,)), ((32,),))
    >>> require_states(((9, 3), (3,)), ((4,),))
    Traceback (most recent call last):
    paramcalc.errors.ShapeError: in_shape must be one shape, or with initial states ((9, 3), (4,)), got ((9, 3), (3,))
    """
    first, *given = one_by_one(in_shape)
    if are_several(in_shape) and not (len(given) == len(states) and all(map(_fits, given, states))):
        expected = f"one shape, or with initial states {shown((first, *states))}"
        raise ShapeError("in_shape", expected, shown(in_shape))


def _fits(given: Shape, own: Shape) -> bool:
    return len(given) == len(own) and all(
        axis is None or size is None or axis == size for axis, size in zip(given, own, strict=True)
    )


def over_steps(
    in_shape: Shapes, output: Shape, states: tuple[Shape, ...], *, return_sequences: bool, return_state: bool
) -> Shapes:
    """What comes out of a sequence, from what comes out of one step: the output, and the states if they are asked for.

    Raises `ShapeError` where initial states do not fit.

    >>> over_steps((10, 16), (32,), ((32,),), return_sequences=True, return_state=False)
    (10, 32)
    >>> over_steps((10, 16), (32,), ((32,),), return_sequences=False, return_state=True)
    ((32,), (32,))
    """
    require_states(in_shape, states)
    if return_sequences:
        output = (one_by_one(in_shape)[0][0], *output)
    return (output, *states) if return_state else output
