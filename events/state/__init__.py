"""The subjects as the rules see them, and where an event belongs."""
