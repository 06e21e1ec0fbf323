"""Records to try the service with: the demo and the generator."""
