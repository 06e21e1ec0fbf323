"""The text of an event: made, hashed and read back."""
