"""The resources of the HTTP door, one module each."""
