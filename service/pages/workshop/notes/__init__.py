"""The page of a session where what is said in it is typed: a line for each thing, beside the wall."""
