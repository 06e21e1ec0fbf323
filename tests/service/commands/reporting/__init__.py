"""Tests of `service.commands.reporting`."""
