"""GraphQL over HTTP and WebSockets, and the page GraphiQL."""
