"""What people see: the pages in a browser."""
