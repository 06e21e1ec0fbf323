"""Tests of `service.graphql.transport`."""
