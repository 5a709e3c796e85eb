"""What stands where in data of JSON's kinds, so that a test may put something else there."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
"""Anything that a parser of JSON may give."""


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every dict or list in the data with each of its keys."""
    found: list[tuple[Any, Any]] = []
    pending = [data]
    while pending:
        value = pending.pop()
        keys: Any = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            found.append((value, key))
            if isinstance(value[key], dict | list):
                pending.append(value[key])
    return found
