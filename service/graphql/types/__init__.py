"""The types of the graph. Each is a class that declares the fields of the type."""
