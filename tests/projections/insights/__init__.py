"""Tests of `projections.insights`."""
