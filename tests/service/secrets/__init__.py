"""Tests of `service.secrets`."""
