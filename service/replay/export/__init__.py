"""Exports: writing, resuming and checking files."""
