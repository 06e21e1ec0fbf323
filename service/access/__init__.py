"""Who is let in: keys, tokens and sessions, and what ends them."""
