"""Tests of the service with a streaming replica."""
