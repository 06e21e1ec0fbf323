"""The index of events and subjects in memory, over which figures are computed."""
