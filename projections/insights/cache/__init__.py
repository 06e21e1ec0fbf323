"""The cache of answers, and the rules by which events invalidate them."""
