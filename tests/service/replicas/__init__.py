"""Tests of `service.replicas`."""
