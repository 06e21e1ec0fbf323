"""The report of a cohort, which prints as a document of its own."""
