"""Who takes part in an invented cohort, and what they have begun."""
