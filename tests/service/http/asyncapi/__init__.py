"""Tests of the AsyncAPI description."""
