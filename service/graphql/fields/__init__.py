"""Declarations of types: their fields, the sources of the fields' values, and their tables. `types` uses them."""
