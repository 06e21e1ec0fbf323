"""What assistants use: tools of the Model Context Protocol at `/mcp`, over the graph and the recorder."""
