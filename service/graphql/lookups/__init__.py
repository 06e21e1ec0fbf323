"""Fields of `Query` that look something up: subjects by key or stream, nodes by id, the viewer."""
