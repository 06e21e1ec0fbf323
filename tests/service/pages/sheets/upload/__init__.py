"""The pages on which people upload sheets."""
