"""The insights in the graph: `figures` has them all, a module for each of those who look for them has their types."""
