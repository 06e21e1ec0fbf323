"""Tests of `service.graphql.documents`."""
