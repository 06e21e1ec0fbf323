"""How the questions of a cohort descend and changed."""

from service.pages.cohort.questions.view import variables, view

__all__ = ["variables", "view"]
