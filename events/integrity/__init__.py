"""Integrity: verification of a log, checkpoints, and restoring."""
