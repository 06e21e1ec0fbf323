"""Sheets: workbooks and CSV files with an event in each row. `howcanwe record` and `howcanwe sheet` call it."""
