"""What readers of the log get: what they may see, and news of what comes."""
