"""The types of the fields of events, and what they mean."""
