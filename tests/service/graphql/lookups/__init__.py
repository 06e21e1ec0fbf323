"""Tests of `service.graphql.lookups`."""
