"""What analysts read: a table for each kind of thing, with its rows as they stand."""
