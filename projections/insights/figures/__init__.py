"""The figures, one module per subject. Each figure is a function, and its docstring is the definition."""
