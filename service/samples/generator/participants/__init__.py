"""The participants of an invented cohort, and their subjects."""
