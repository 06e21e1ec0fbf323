"""Access: keys, tokens and sessions, and how they end."""
