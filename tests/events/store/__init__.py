"""The tables under the log."""
