"""Pages for people: each asks the graph of this service and shows the answer."""
