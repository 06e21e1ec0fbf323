"""The declaration of a page, and a visit to one. The folder of each page makes the former, `answers` the latter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

from events.access.principal import Principal, Role
from service.pages.frame.language import Language

ROOM: Final = "service.pages"

_FRAGMENTS: Final = ("frame/query.graphql", "parts/fragments.graphql")
"""The files with the fragments that queries may spread: `Frame`, which every query does, and what pages share."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page: its path, with the parameters that are in it, and those of the query string.

    `position` is that of the read models which answer it.
    """

    path: str
    inside: Mapping[str, str]
    query: Mapping[str, str]
    viewer: Principal
    language: Language
    now: datetime
    position: int

    @property
    def is_signed_in(self) -> bool:
        """Whether the visitor has a session or a key."""
        return self.viewer.role is not Role.PUBLIC

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
class Page:
    """A page: the folder in `service.pages` that has its `query.graphql` and `template.html`, and its path.

    `variables` returns the variables of the query. `view` returns what the template shows as `view`, or None if there
    is nothing there for this visitor. `stream` returns the stream of the subject that the page is about.
    """

    folder: str
    path: str
    view: Callable[[Answer, Visit], object | None]
    variables: Callable[[Visit], Mapping[str, Any]] = path_variables
    stream: Callable[[Visit], str | None] = no_stream

    @property
    def endpoint(self) -> str:
        """The endpoint, as in `service.access.endpoints`."""
        return f"GET {self.path}"

    @property
    def template(self) -> str:
        """The name of the template."""
        return f"{self.folder}/template.html"

    @property
    def query_name(self) -> str:
        """The name of the query's file at `/queries`."""
        return f"{self.folder.replace('/', '-')}.graphql"

    @cached_property
    def document(self) -> str:
        """The query, with the fragments that it spreads. Anybody may send it to `/graphql`."""
        own = _text(f"{self.folder}/query.graphql")
        found: dict[str, str] = {}
        wanted = [parse(own)]
        while wanted:
            names = _spread(wanted.pop()) - found.keys()
            found |= {name: fragment(name) for name in sorted(names)}
            wanted += [parse(found[name]) for name in names]
        return "\n".join([own, *found.values()])

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names of the query's variables."""
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

    def variables_of(self, visit: Visit) -> dict[str, Any]:
        """Return the variables of the query, without those that it does not declare."""
        given = {"signedIn": visit.is_signed_in, **self.variables(visit)}
        return {name: value for name, value in given.items() if name in self.declared}
