"""Tests of `events.vocabulary.fields`."""
