"""Tests of `events.recording`."""
