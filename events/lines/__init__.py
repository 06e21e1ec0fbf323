"""Lines: how an event's text is made, hashed and read back."""
