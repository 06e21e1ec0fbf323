"""Tests of `service.graphql.insights`."""
