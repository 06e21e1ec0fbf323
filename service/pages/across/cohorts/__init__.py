"""The cohorts beside each other, a hundred on a page."""
