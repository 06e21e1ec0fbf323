"""The activities of organisations, one module each."""
