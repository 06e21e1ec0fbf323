"""The figures of a cohort in words and drawings: a function for each figure, by the name that it has in the graph."""
