"""Fields that lead to one thing: a subject by its key, a node by its id, the viewer."""
