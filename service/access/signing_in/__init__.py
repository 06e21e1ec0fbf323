"""Signing in to pages: sessions, their cookies, one-time links, and which requests may sign in."""
