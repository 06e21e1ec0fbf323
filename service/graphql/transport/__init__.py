"""From a connection to a document: HTTP, WebSocket and GraphiQL."""
