"""Hooks: where form tools send what people fill in, each with a mapping, a secret, and a key made for it."""
