"""Tests of `projections.models`."""
