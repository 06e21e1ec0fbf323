"""Tests of recorded events in the graph."""
