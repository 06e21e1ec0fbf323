"""The master key and the signing key, and the files that hold them."""
