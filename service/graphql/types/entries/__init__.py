"""Entries of timelines: what all share (`entry`), and a type for each type of event (`vocabulary`)."""
