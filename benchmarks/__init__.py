"""Measures the ledger beside its references, in the same run: `python -m benchmarks`."""
