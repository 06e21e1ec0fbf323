"""Tests of `service.pages.figures.document`."""
