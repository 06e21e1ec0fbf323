"""What types of the graph are declared with: fields, where their values come from, and tables."""
