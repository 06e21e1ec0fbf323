"""The pages where people record."""
