"""Tests of `service.connections`."""
