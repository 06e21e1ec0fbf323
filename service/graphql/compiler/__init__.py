"""Compiled execution: an operation becomes one SQL statement, and PostgreSQL writes its answer as JSON."""
