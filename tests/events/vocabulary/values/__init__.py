"""Tests of `events.vocabulary.values`."""
