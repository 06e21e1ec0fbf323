"""Tests of `service.http.resources`."""
