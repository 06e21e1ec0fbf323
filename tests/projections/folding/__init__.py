"""Tests of `projections.folding`."""
