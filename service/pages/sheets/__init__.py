"""Sheets: workbooks and CSV files in which each row tells an event. `howcanwe record` and `howcanwe sheet` call it."""
