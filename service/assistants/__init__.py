"""The door for assistants: tools of the Model Context Protocol at `/mcp`, over the graph and the recorder."""
