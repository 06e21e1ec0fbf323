"""Tests of `service.graphql.compiled`."""
