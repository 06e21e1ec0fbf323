"""`howcanwe record`: where events are read from, and where they are recorded: in the log here, or at a server."""
