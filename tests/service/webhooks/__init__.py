"""Webhooks are delivered in order, at least once, and only what their key may see."""
