"""SQL for the values of the graph, and the state of the compilation of an operation. `compiler` uses both."""
