"""What the log and the graph are compared with."""
