"""What went wrong in a cohort, for whom and why."""

from service.pages.cohort.failures.view import variables, view

__all__ = ["variables", "view"]
