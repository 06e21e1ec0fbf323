"""Execution that is compiled: an operation becomes one statement, whose answer PostgreSQL writes."""
