"""The pages of a workshop: a facilitator hosts a session, and what happens in it is typed line by line."""
