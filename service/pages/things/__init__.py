"""A page for every kind of thing: its words, what they mean, who sees it, its history, and what it is linked with.

The pages share their view and the template `thing.html`. A folder has the query of a kind and what only its page has.
"""

from typing import Final

from service.pages.frame.addresses import plural
from service.pages.frame.page import Page
from service.pages.things.history import Told
from service.pages.things.view import variables_of, view_of

_KINDS: Final = {
    "question": Told(("framings",), ("closedAt",)),
    "iteration": Told(
        ("revisions", "observations", "participations", "reviews"),
        ("time", "startedAt", "concludedAt"),
    ),
    "failure": Told(("reclassifications",), ("time",)),
    "learning": Told(("revisions", "challenges", "adoptions"), ("time",)),
    "inspiration": Told(("uses",), ("time",)),
    "ask": Told(("helps",), ("time",)),
    "outcome": Told(("substantiations",), ("time",)),
    "publication": Told((), ("time", "withdrawnAt")),
    "session": Told((), ("time",)),
    "commitment": Told((), ("time", "settledAt")),
    "pairing": Told(("meetings",), ("time", "endedAt")),
}
"""Which lists and moments of a kind tell its history."""


def _page(kind: str, told: Told) -> Page:
    return Page(
        f"things/{kind}",
        f"/{plural(kind)}/{{key}}",
        view_of(told),
        variables_of(kind),
        stream=lambda visit: f"{kind}/{visit.key}",
    )


PAGES = tuple(_page(kind, told) for kind, told in _KINDS.items())
