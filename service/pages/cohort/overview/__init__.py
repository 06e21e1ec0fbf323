"""A cohort at a glance: its question, who is in, how far each is, and what happened lately."""

from service.pages.cohort.overview.view import variables, view

__all__ = ["variables", "view"]
