"""The sources of a replay: servers, databases and files."""
