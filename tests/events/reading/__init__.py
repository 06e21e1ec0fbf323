"""Tests of `events.reading`."""
