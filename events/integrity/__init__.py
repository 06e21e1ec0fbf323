"""Whether a log holds: verification, checkpoints, and restoring."""
