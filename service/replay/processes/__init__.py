"""Folds a log in several processes of this machine."""
