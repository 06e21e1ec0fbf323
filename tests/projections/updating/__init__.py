"""Tests of `projections.updating`."""
