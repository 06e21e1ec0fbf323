"""Who is paired in a cohort, whether they met, and who could be paired."""

from service.pages.cohort.pairings.view import variables, view

__all__ = ["variables", "view"]
