"""The page of an organisation: its journey, drawn over time and in words, question by question."""

from service.pages.frame.page import Page
from service.pages.organisation.asked import variables
from service.pages.organisation.view import view

PAGES = (
    Page(
        "organisation",
        "/organisations/{key}",
        view,
        variables,
        stream=lambda visit: f"organisation/{visit.key}",
    ),
)
