"""The commands for the tables of a log."""
