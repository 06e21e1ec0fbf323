"""The types of the graph: a class each, with the fields that it has."""
