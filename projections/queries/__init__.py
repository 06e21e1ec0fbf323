"""Queries of the read models, limited to what the viewer may see. The graph runs them."""
