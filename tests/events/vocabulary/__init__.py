"""Tests of `events.vocabulary`."""
