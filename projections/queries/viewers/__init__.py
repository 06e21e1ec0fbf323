"""What a viewer may see, as tokens and as SQL."""
