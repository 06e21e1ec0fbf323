"""Files of sheets."""
