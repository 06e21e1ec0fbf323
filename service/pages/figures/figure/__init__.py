"""One figure of a cohort, with its definition, its scope and the records that it counts."""
