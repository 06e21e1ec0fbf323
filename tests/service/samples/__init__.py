"""Tests of `service.samples`."""
