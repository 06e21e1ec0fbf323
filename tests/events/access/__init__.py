"""Tests of `events.access`."""
