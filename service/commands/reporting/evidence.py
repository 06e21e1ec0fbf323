"""What a report is made from, out of any source: a database, an exported file, or a server with a key."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from events.access.principal import Role
from events.vocabulary.values.times import moment_of
from projections.insights.answers import FigureArguments
from projections.insights.perspective.scope import Scope
from service.commands.console.insight_answers import InsightRequest, figures_of
from service.pages.figures.document.evidence import Asked, Evidence, Given, Viewer
from service.pages.figures.document.period import Counted
from service.replay.source import Source
from service.replay.sources.server import ServerSource
from service.replay.tables.reading import tables_of
from service.replay.tables.viewer import viewer_of

_WHO: Final = "{ viewer { role organisation { key } cohorts { key } } }"


def evidence_of(
    source: Source,
    *,
    viewer: str | None = None,
    as_of: int | None = None,
    server: str | None = None,
) -> Evidence:
    """Return what a viewer sees at a position (None: the last).

    `server` is the address of its pages; that of a source that is a server is known. Raises ReplayError.
    """
    tables = tables_of(source, viewer, as_of)
    figures = figures_of(source, viewer)
    if isinstance(source, ServerSource):
        who = _who(source.graphql(_WHO, {})["viewer"])
        server = server or source.url
    else:
        named = viewer_of(viewer)
        who = Viewer(named.role, named.cohorts, named.organisation)

    def ask(asked: Sequence[Asked]) -> Sequence[Given]:
        found = figures.all([_request(names, counted, tables.position) for names, counted in asked])
        return [
            ({one.name: one.answer for one in answers}, any(one.partial for one in answers))
            for answers in found
        ]

    return Evidence(tables, who, ask, None if server is None else _linked(server))


def _request(names: Collection[str], counted: Counted, position: int) -> InsightRequest:
    period, organisation = counted.period, counted.organisation
    scope = Scope(
        frozenset(counted.cohorts),
        frozenset(() if organisation is None else (organisation,)),
        from_us=None if period.begin is None else moment_of(period.begin),
        to_us=None if period.end is None else moment_of(period.end),
    )
    asked = FigureArguments(organisation=organisation)
    return InsightRequest(frozenset(names), scope, asked, position, moment_of(counted.at))


def _linked(address: str) -> str:
    """Return an address as links to it begin: without a password, a query or a slash at its end."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")


def _who(viewer: Mapping[str, Any]) -> Viewer:
    role = Role(viewer["role"].lower())
    organisation = viewer["organisation"]
    # The cohorts of an organisation's key are those in which it ever was.
    of_role = () if role is Role.ORGANISATION else viewer["cohorts"] or ()
    return Viewer(
        role,
        frozenset(one["key"] for one in of_role),
        None if organisation is None else organisation["key"],
    )
