"""The table of mistakes, likeliest first.

Knows: their order. Must not know: what they are.
"""

from __future__ import annotations

from paramcalc.grading.counts import no_bias, no_input_channels, one_bias
from paramcalc.grading.mistakes import Mistake
from paramcalc.grading.shapes import rounded_up
from paramcalc.grading.slips import digits_exchanged

MISTAKES: tuple[Mistake, ...] = (
    no_bias,
    no_input_channels,
    one_bias,
    rounded_up,
    digits_exchanged,
)
"""Every mistake that the library knows. The names are stable; what is likelier than what may change."""
