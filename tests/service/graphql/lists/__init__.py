"""Tests of `service.graphql.lists`."""
