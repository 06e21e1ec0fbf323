"""Exports: files that are written, resumed and checked."""
