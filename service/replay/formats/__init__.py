"""The forms in which a replay is written."""
