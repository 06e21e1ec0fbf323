"""Tests of `service.graphql.roots`."""
