"""Tests of `service.graphql.journeys`."""
