"""HTTP, GraphQL and the command line, and the one place where the parts are wired together (`service.app`)."""
