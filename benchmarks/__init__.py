"""Benchmarks: each prints our figures, and its peer's, measured in the same run."""
