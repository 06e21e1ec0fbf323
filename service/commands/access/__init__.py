"""Commands that manage what has access from outside: keys, webhooks and hooks."""
