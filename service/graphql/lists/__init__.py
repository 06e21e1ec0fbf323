"""Lists: their pages, cursors, filters and orders."""
