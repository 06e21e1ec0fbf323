"""Answers that are kept, and which of them an event ends."""
