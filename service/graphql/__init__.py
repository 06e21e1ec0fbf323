"""The GraphQL API: a typed graph of what happened, for frontends. It reads and does not record."""
