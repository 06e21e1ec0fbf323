"""Signing in with a key or a one-time link, and signing out."""
