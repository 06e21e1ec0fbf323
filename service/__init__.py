"""The doors: HTTP, GraphQL, command line. The only place where things are wired together."""
