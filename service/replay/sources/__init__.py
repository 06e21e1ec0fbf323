"""Where a replay comes from: a server, a database or a file."""
