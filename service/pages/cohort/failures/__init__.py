"""What went wrong in a cohort, for whom and why."""
