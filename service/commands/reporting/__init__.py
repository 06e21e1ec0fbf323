"""The command that writes a report of a log."""
