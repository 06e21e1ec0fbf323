"""What frontends do with the graph, with the clients that they use."""
