"""Tests of `service.graphql.limits`."""
