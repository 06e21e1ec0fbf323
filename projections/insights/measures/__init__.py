"""Arithmetic of the figures: numbers, spans of time, sums, counts and similarity."""
