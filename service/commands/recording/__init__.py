"""`howcanwe record` and `howcanwe sheet`: where events are read from, and recorded: here, or at a server."""
