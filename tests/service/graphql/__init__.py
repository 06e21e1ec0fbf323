"""Tests of `service.graphql`."""
