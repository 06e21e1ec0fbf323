"""What a cohort knows, and who has it from whom."""

from service.pages.cohort.learnings.view import variables, view

__all__ = ["variables", "view"]
