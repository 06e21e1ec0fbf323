"""Types of single values: scalars and enumerations."""
