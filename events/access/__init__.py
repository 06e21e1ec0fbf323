"""Permissions: who may do what, and who sees what."""
