"""Folding events into rows. The projector and replays in memory use it."""
