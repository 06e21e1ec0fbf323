"""Submissions: what form tools send to hooks, and the events that a mapping makes of it."""
