"""Reading rows for the fields that the executor resolves."""
