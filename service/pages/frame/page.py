"""The declaration of a page, and a visit to one. The folder of each page makes the former, `answers` the latter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    parse,
)
from graphql import visit as visit_nodes

from events.access.policy import records
from events.access.principal import Principal, Role
from service.pages.frame.language import Language
from service.pages.frame.site import NOWHERE, Site

ROOM: Final = "service.pages"

_FRAGMENTS: Final = ("frame/query.graphql", "parts/fragments.graphql")
"""The files with the fragments that queries may spread: `Frame`, which every query does, and what pages share."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page: its path, with the parameters that are in it, and those of the query string.

    `position` is that of the read models which answer it. `site` is the installation.
    """

    path: str
    inside: Mapping[str, str]
    query: Mapping[str, str]
    viewer: Principal
    language: Language
    now: datetime
    position: int
    site: Site = NOWHERE

    @property
    def is_signed_in(self) -> bool:
        """Whether the visitor has a session or a key."""
        return self.viewer.role is not Role.PUBLIC

    @property
    def may_record(self) -> bool:
        """Whether the visitor may record anything."""
        return records(self.viewer.role)

    @property
    def key(self) -> str:
        """The key in the path."""
        return self.inside["key"]


Answer = Mapping[str, Any]
"""The data that the graph answers with, by the names of the query's fields."""


def no_stream(visit: Visit) -> str | None:
    """Return None: the page is not about one subject."""
    return None


def path_variables(visit: Visit) -> Mapping[str, Any]:
    """Return the parameters of the path, as variables of the same names."""
    return visit.inside


def fragment(name: str) -> str:
    """Return the text of a fragment that pages share. Raises KeyError if there is none of this name."""
    return _fragments()[name]


@cache
def _fragments() -> Mapping[str, str]:
    return {
        one.name.value: f"{one.loc.source.body[one.loc.start : one.loc.end]}\n"
        for file in _FRAGMENTS
        for one in parse(_text(file)).definitions
        if isinstance(one, FragmentDefinitionNode) and one.loc is not None
    }


def _spread(node: Node) -> set[str]:
    """Return the names of the fragments that are spread somewhere in a document."""
    names = set()

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            names.add(spread.name.value)

    visit_nodes(node, Spreads())
    return names


def _text(name: str) -> str:
    return (files(ROOM) / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Query:
    """A query of a page: its name at `/queries`, and its document. Anybody may send it to `/graphql`."""

    name: str
    document: str

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names of its variables."""
        operations = (
            one
            for one in parse(self.document).definitions
            if isinstance(one, OperationDefinitionNode)
        )
        return frozenset(
            variable.variable.name.value
            for operation in operations
            for variable in operation.variable_definitions or ()
        )

    def variables(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the given variables that it declares."""
        return {name: value for name, value in given.items() if name in self.declared}


@dataclass(frozen=True)
class File:
    """What is sent as it is, instead of a page with a template."""

    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Further:
    """A further query of a page, for what depends on the answers to those before it.

    `variables` returns its variables, None if it is not needed. `viewer` returns the principal that asks it, who may
    see no more than the visitor.
    """

    query: Query
    variables: Callable[[Answer, Visit], Mapping[str, Any] | None]
    viewer: Callable[[Answer, Visit], Principal] = lambda answer, visit: visit.viewer


@dataclass(frozen=True)
class Page:
    """A page: the folder in `service.pages` that has its `query.graphql` and `template.html`, and its path.

    `variables` returns the variables of the query. `view` returns what the template shows as `view`, a `File` that is
    sent instead, or None if there is nothing there for this visitor. `stream` returns the stream of the subject that
    the page is about. `fragments` are added to the query.
    """

    folder: str
    path: str
    view: Callable[[Answer, Visit], object | None]
    variables: Callable[[Visit], Mapping[str, Any]] = path_variables
    stream: Callable[[Visit], str | None] = no_stream
    fragments: Sequence[str] = ()
    further: tuple[Further, ...] = ()

    @property
    def endpoint(self) -> str:
        """The endpoint, as in `service.access.endpoints`."""
        return f"GET {self.path}"

    @property
    def template(self) -> str:
        """The name of the template."""
        return f"{self.folder}/template.html"

    @cached_property
    def _query(self) -> Query:
        return read_query(self.folder, *self.fragments)

    @property
    def queries(self) -> Sequence[Query]:
        """The queries that the page may ask first."""
        return (self._query,)

    def query(self, visit: Visit) -> Query | None:
        """Return the query for a visit, None if there is nothing at this address."""
        return self._query

    def variables_of(self, visit: Visit, query: Query) -> dict[str, Any]:
        """Return the variables of the query, without those that it does not declare."""
        return query.variables({"signedIn": visit.is_signed_in, **self.variables(visit)})


def read_query(folder: str, *fragments: str, name: str = "query") -> Query:
    """Return a query in a page's folder, with these fragments and those that pages share, as far as it spreads them."""
    text = "\n".join([_text(f"{folder}/{name}.graphql"), *fragments])
    named = folder if name == "query" else f"{folder}/{name}"
    return Query(f"{named.replace('/', '-')}.graphql", with_fragments(text))


def frame_query() -> Query:
    """Return the query for what the frame shows, of a page that has no query."""
    text = "query Frame($signedIn: Boolean!) {\n  ...Frame\n}\n"
    return Query("frame.graphql", with_fragments(text))


def with_fragments(text: str) -> str:
    """Return a document with those fragments that pages share and that it spreads without defining them."""
    own = parse(text)
    known = {one.name.value for one in own.definitions if isinstance(one, FragmentDefinitionNode)}
    added: list[str] = []
    wanted = [own]
    while wanted:
        names = sorted(_spread(wanted.pop()) - known)
        known |= set(names)
        added += [fragment(name) for name in names]
        wanted += [parse(fragment(name)) for name in names]
    return "\n".join([text, *added])
