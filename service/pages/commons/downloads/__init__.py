"""The open data of a cohort: what is public of it, as tables with a dictionary."""
