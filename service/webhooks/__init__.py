"""Webhooks: events delivered to addresses, as Standard Webhooks has them, each under the key that asked for it."""
