"""Tests of `service.privacy`."""
