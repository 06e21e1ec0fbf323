"""Workbooks and CSV files of events."""
