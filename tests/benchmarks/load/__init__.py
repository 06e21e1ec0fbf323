"""Who records, posts and follows while something is measured."""
