"""Tests of `service.submissions`."""
