"""What is seen across cohorts: the cohorts beside each other, and themes that recur."""

from service.pages.across.cohorts import view as cohorts
from service.pages.across.themes import view as themes
from service.pages.frame.page import Further, Page, read_query

PAGES: tuple[Page, ...] = (
    Page(
        "across/cohorts",
        "/cohorts",
        cohorts.view,
        cohorts.variables,
        # Only the cohorts of this page are compared, which the first query gives.
        further=(Further(read_query("across/cohorts", name="compared"), cohorts.compared),),
    ),
    Page(
        "across/themes",
        "/themes",
        themes.view,
        themes.variables,
        # A thousand cohorts have thousands of themes. Names are asked for those that stand on this page.
        further=(Further(read_query("across/themes", name="names"), themes.names),),
    ),
)
