"""Rows for what the executor resolves."""
