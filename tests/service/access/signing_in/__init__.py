"""Tests of `service.access.signing_in`."""
