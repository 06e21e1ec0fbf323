"""The door for frontends: one typed graph of what happened."""
