"""Channels of networks that come in several widths.

Knows: what a fraction of a channel becomes. Must not know: any network.
"""

from __future__ import annotations

from paramcalc.arguments import number


def rounded(channels: float) -> int:
    """The multiple of 8 that is nearest, and at least nine tenths of what was asked for.

    Raises `ConfigError` for what is no finite number.

    >>> rounded(32 * 1.1), rounded(16 * 0.35), rounded(24 * 0.75), rounded(11)
    (32, 8, 24, 16)
    """
    asked = number("channels", channels, least=0)
    nearest = max(8, int(asked + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * asked else nearest + 8
