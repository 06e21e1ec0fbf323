"""Tests of `service.graphql.fetching`."""
