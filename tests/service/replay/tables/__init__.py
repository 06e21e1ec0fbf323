"""Tests of the tables of a log, as rows and as files."""
