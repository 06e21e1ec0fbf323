"""GraphQL documents: reading, checking and caching them, trusted documents, and refusals."""
