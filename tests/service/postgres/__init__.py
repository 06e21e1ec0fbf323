"""Tests of `service.postgres`."""
