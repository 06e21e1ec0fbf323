"""Tests of `service.http.requests`."""
