"""Who is paired in a cohort, whether they met, and who could be paired."""
