"""What of the index counts for a viewer and a question."""
