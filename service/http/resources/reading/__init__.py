"""Reading the log: the events that a caller may see, and their positions."""
