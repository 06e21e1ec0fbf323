"""Continues a fold from its state at an earlier position, which is kept in a file."""
