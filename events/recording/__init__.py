"""Recording: everything from a request to its commit."""
