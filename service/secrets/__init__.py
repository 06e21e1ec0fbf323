"""The master key, the key that signs checkpoints, and the files that hold them."""
