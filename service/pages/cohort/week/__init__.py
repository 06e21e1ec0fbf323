"""Whom the facilitator should ring this week, and what waits."""

from service.pages.cohort.week.view import variables, view

__all__ = ["variables", "view"]
