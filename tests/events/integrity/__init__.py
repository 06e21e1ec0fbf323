"""Tests of `events.integrity`."""
