"""Tests of `service.commands.console`."""
