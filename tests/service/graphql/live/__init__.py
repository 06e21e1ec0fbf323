"""Tests of `service.graphql.live`."""
