"""Filters of lists, as SQL conditions and for rows in memory."""
