"""The figures in the graph: `figures` has their fields, and the other modules have their types, one per audience."""
