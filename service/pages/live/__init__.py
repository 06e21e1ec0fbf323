"""What pages show as it happens: the stream of new entries, and the wall of a cohort."""

from service.pages.frame.page import Further, Page, read_query
from service.pages.live.wall.view import variables, view
from service.pages.parts.readership import asks_as

PAGES = (
    Page(
        "live/wall",
        "/cohorts/{key}/wall",
        view,
        stream=lambda visit: f"cohort/{visit.key}",
        # The first query shows whether the visitor sees what every member sees; the second asks for it as one of these.
        further=(Further(read_query("live/wall", name="content"), variables, asks_as),),
    ),
)
