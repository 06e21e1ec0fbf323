"""Documents: read, checked and measured once; trusted ones, and refusals."""
