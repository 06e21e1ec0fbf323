"""From a request to its commit."""
