"""A page for every kind of thing: its words, what they mean, who sees it, its history, and what it is linked with.

The pages share their view and the template `thing.html`. A folder has the query of a kind and what only its page has.
"""

from typing import Final

from service.pages.frame.addresses import plural
from service.pages.frame.page import Further, Page, read_query
from service.pages.record.amending.offered import OFFERED
from service.pages.things import during, own_history, repeats
from service.pages.things.history import HistoryFields, amended
from service.pages.things.view import variables_of, view_of

_KINDS: Final = {
    "question": HistoryFields(("framings",), ("closedAt",)),
    "iteration": HistoryFields(
        ("revisions", "observations", "participations", "reviews"),
        ("time", "startedAt", "concludedAt"),
    ),
    "failure": HistoryFields(("reclassifications",), ("time",)),
    "learning": HistoryFields(("revisions", "challenges", "adoptions"), ("time",)),
    "inspiration": HistoryFields(("uses",), ("time",)),
    "ask": HistoryFields(("helps",), ("time",)),
    "outcome": HistoryFields(("substantiations",), ("time",)),
    "publication": HistoryFields((), ("time", "withdrawnAt")),
    "session": HistoryFields((), ("time",)),
    "commitment": HistoryFields((), ("time", "settledAt")),
    "pairing": HistoryFields(("meetings",), ("time", "endedAt")),
}
"""Which lists and moments of a kind are its history."""
_OFFERED: Final = Further(OFFERED, amended)
_REPEATS: Final = Further(read_query("things", name="repeats"), repeats.variables)
_DURING: Final = Further(read_query("things", name="during"), during.variables)


def _page(kind: str, fields: HistoryFields) -> Page:
    further = {**dict.fromkeys(repeats.KINDS, _REPEATS), during.KIND: _DURING}
    return Page(
        f"things/{kind}",
        f"/{plural(kind)}/{{key}}",
        view_of(fields),
        variables_of(kind),
        stream=lambda visit: f"{kind}/{visit.key}",
        further=(_OFFERED, further[kind]) if kind in further else (_OFFERED,),
    )


def _own_history(kind: str) -> Page:
    return Page(
        f"things/{kind}_history",
        f"/{plural(kind)}/{{key}}/history",
        own_history.view,
        own_history.variables_of(kind),
        stream=lambda visit: f"{kind}/{visit.key}",
        further=(Further(OFFERED, own_history.amended),),
    )


PAGES = (
    *(_page(kind, fields) for kind, fields in _KINDS.items()),
    *(_own_history(kind) for kind in ("organisation", "cohort")),
)
