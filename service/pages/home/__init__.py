"""The page `/`: what this is, what waits for the visitor, and the cohorts that the visitor sees."""

from service.pages.frame.page import Further, Page, read_query
from service.pages.home.view import view
from service.pages.home.waiting import variables

PAGES = (
    Page(
        "home",
        "/",
        view,
        # The first query finds out in which cohorts something may wait.
        further=(Further(read_query("home", name="waiting"), variables),),
    ),
)
