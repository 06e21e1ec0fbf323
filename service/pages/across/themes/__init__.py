"""Themes that recur in several cohorts, and what carries one of them."""
