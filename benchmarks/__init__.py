"""Measurements, not tests: machines are noisy. Run ``make bench`` or ``python -m benchmarks``."""
