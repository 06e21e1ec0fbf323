"""Tests of `service.hooks`."""
