"""How fast the log is, beside what it is compared with: `python -m tests.benchmarks`."""
