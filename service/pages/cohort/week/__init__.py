"""Whom the facilitator should ring this week, and what waits; also as a digest to be mailed."""

from service.pages.cohort.week.digest import (
    as_atom,
    as_text,
    atom_lately_variables,
    atom_variables,
    lately_variables,
)
from service.pages.cohort.week.view import variables, view

__all__ = [
    "as_atom",
    "as_text",
    "atom_lately_variables",
    "atom_variables",
    "lately_variables",
    "variables",
    "view",
]
