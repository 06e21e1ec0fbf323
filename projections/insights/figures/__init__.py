"""The figures, one module a subject: a figure is a function."""
