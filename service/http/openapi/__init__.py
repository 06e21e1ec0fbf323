"""The OpenAPI description of the HTTP interface. Resources declare what they take and answer with its parts."""
