"""Limits for one request, and for its share of the service's time."""
