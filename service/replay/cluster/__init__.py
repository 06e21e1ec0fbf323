"""Folding a log on many workers."""
