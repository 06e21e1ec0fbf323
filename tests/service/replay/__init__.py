"""Tests of `service/replay`."""
