"""Tests of `events.state`."""
