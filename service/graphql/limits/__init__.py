"""How much one request may ask, and how much of the service it may take."""
