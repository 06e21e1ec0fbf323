"""Tests of `events.lines`."""
