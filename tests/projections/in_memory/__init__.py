"""Tests of `projections.in_memory`."""
