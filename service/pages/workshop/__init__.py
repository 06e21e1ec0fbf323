"""The pages of a workshop: a facilitator hosts a session, and what is said in it is typed line by line."""
