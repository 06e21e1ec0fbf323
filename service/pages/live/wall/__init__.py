"""The wall of a cohort: its latest entries, large and live, for a room."""
