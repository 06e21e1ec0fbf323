"""Faults: kills, floods, and input at random."""
