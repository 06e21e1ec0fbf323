"""Reading requests: bodies, headers and query parameters."""
