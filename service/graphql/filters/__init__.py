"""What lists can be filtered by, in SQL and of rows at hand."""
