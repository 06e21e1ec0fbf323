"""Tests of `projections.queries.viewers`."""
