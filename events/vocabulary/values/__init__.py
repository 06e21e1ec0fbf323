"""Texts, JSON, times and ids, as the vocabulary reads them."""
