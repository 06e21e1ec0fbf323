"""The page of a cohort: its question, who is in, how far each is, and what happened lately."""

from service.pages.cohort.view import variables, view
from service.pages.frame.page import Page

PAGES = (
    Page(
        "cohort",
        "/cohorts/{key}",
        view,
        variables,
        stream=lambda visit: f"cohort/{visit.key}",
    ),
)
