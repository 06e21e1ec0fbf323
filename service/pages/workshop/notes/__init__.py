"""The page of a session where what happens in it is typed: a line for each thing, beside the wall."""
