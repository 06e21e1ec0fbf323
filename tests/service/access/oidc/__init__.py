"""Tests of `service.access.oidc`."""
