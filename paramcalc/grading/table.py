"""The table of mistakes, likeliest first.

Knows: their order. Must not know: what they are.
"""

from __future__ import annotations

from paramcalc.grading import counts, sequences, shapes, slips, wholes
from paramcalc.grading.mistakes import Mistake

MISTAKES: tuple[Mistake, ...] = (
    counts.no_bias,
    counts.no_input_channels,
    counts.one_bias,
    counts.moving_statistics_forgotten,
    counts.dense_flattens,
    sequences.no_gates,
    sequences.one_direction,
    sequences.recurrent_vector,
    sequences.reset_after_mixed_up,
    sequences.two_biases,
    counts.pool_weights,
    counts.bias_for_each_input,
    counts.as_plain_conv,
    counts.depthwise_bias,
    sequences.key_dim_of_all_heads,
    sequences.heads_multiplied,
    sequences.vocabulary_plus_one,
    sequences.vocabulary_for_params,
    counts.counted_for_each_position,
    counts.added_for_multiplied,
    counts.no_weights,
    counts.biases_alone,
    counts.filters_for_params,
    counts.output_size_for_params,
    sequences.three_gates,
    sequences.units_for_steps,
    counts.no_weight_sharing,
    sequences.counted_for_each_step,
    counts.groups_ignored,
    counts.square_kernel,
    counts.bias_for_each_weight,
    counts.bias_for_each_position,
    counts.strides_counted,
    counts.trained_alone,
    wholes.running_total,
    wholes.layer_left_out,
    wholes.counted_twice,
    shapes.rounded_up,
    shapes.rounded_down,
    shapes.valid_and_same_mixed_up,
    shapes.padding_left_out,
    shapes.plus_one_forgotten,
    shapes.stride_ignored,
    shapes.pool_size_for_stride,
    shapes.padding_on_one_side,
    shapes.dilation_ignored,
    shapes.input_channels_kept,
    shapes.channels_left_out,
    shapes.flattened_without_channels,
    shapes.not_flattened,
    sequences.return_sequences_mixed_up,
    sequences.directions_not_joined,
    shapes.channels_first_and_last_mixed_up,
    shapes.filters_for_each_channel,
    shapes.channels_pooled,
    shapes.pooled_over_wrong_axes,
    shapes.pooled_axes_kept,
    shapes.gap_flattens,
    shapes.dropout_removes_units,
    shapes.transposed_as_conv,
    shapes.batch_counted,
    slips.digits_exchanged,
    slips.digit_lost,
    slips.digit_doubled,
)
"""Every mistake that the library knows. The names are stable; what is likelier than what may change."""

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
"""The same, each under its name."""
