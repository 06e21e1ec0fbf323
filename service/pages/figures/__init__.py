"""The figures of a cohort: all of them, each with the records that it counts, and the report."""

from service.graphql.figure_documents import fragment
from service.pages.figures import files
from service.pages.figures.figure import records
from service.pages.figures.figure import view as figure
from service.pages.figures.figure.page import FigurePage
from service.pages.figures.fitting import FITTING
from service.pages.figures.overview import view as overview
from service.pages.figures.report import view as report
from service.pages.frame.page import Further, Page, Visit, read_query
from service.pages.parts.readership import asks_as


def _stream(visit: Visit) -> str:
    return f"cohort/{visit.key}"


PAGES: tuple[Page, ...] = (
    Page(
        "figures/overview",
        "/cohorts/{key}/figures",
        overview.view,
        overview.variables,
        _stream,
        fragments=(fragment("Figures", FITTING),),
    ),
    FigurePage(
        "figures/figure",
        "/cohorts/{key}/figures/{figure}",
        figure.view,
        overview.variables,
        _stream,
        # The figure has thousands of items. Of these, the second query asks for those that stand on this page.
        further=(Further(read_query("figures/figure", name="records"), records.variables),),
    ),
    Page(
        "figures/report",
        "/cohorts/{key}/report",
        report.view,
        report.first_variables,
        _stream,
        # The first query finds out whether the visitor sees what every member sees, the second asks as one.
        further=(
            Further(
                read_query("figures/report", fragment("Figures", report.FIGURES), name="content"),
                report.variables,
                asks_as,
            ),
        ),
    ),
)

FILES: tuple[Page, ...] = (
    FigurePage(
        "figures/figure",
        "/cohorts/{key}/figures/{figure}.csv",
        files.as_csv,
        files.variables,
    ),
    FigurePage(
        "figures/figure",
        "/cohorts/{key}/figures/{figure}.json",
        files.as_json,
        files.variables,
    ),
)
