"""Chance, time and words, all from one seed."""
