"""What the benchmark measures, and how. `tests/benchmark.py` is the command."""
