"""Tests of `service.graphql.compiler`."""
