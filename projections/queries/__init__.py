"""What is asked of read models, as a viewer may see it."""
