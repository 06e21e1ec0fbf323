"""What organisations do, one module each."""
