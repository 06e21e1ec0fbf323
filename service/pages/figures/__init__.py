"""The figures of a cohort: all of them, each with the records that it counts, and the report."""

from service.graphql.figure_documents import fragment
from service.pages.figures.fitting import FITTING
from service.pages.figures.overview import view as overview
from service.pages.figures.scoped_page import ScopedPage
from service.pages.frame.page import Page

PAGES: tuple[Page, ...] = (
    ScopedPage(
        "figures/overview",
        "/cohorts/{key}/figures",
        overview.view,
        overview.variables,
        stream=lambda visit: f"cohort/{visit.key}",
        fragments=(fragment("Figures", FITTING),),
    ),
)
FILES: tuple[Page, ...] = ()
