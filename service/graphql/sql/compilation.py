"""What is known while an operation is compiled: its selections, and which values it will be given."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Final, TypeVar

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema
from graphql.execution import VariableValues, get_argument_values
from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine

from projections.queries.lists import JUDGED, Visible
from service.graphql.fields.shapes import Shape
from service.graphql.limits.query_size import Limits
from service.graphql.selection import Selected, SelectionReader

T = TypeVar("T")

PARTS_MAX: Final = 1_000
"""Of how many fields and values of filters a statement is made at most, each counted as often as it stands there.

It is to be planned, and takes no more than some 32,000 values.
"""

NAME_BYTES_MAX: Final = 63
"""PostgreSQL cuts off what a longer name of a column has more."""


class NotCompiled(Exception):
    """Something is selected that is executed as usual."""


class Given:
    """The values of one request: variables, and what arguments become with these."""

    def __init__(self, variables: VariableValues) -> None:
        self._variables = variables
        self._arguments: dict[int, dict[str, Any]] = {}
        self._made: dict[str, Any] = {}

    def arguments(self, selected: Selected) -> dict[str, Any]:
        """Return the arguments of a selected field. Raises GraphQL errors."""
        node = selected.nodes[0]
        found = self._arguments.get(id(node))
        if found is None:
            found = get_argument_values(selected.field, node, self._variables)
            self._arguments[id(node)] = found
        return found

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what is made once for the request."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


Binder = Callable[[Given], Any]


def _binds(condition: ColumnElement[bool]) -> list[BindParameter[Any]]:
    """Return the values in a condition, in their order, without those of whoever looks."""
    binds = (one for one in visitors.iterate(condition) if isinstance(one, BindParameter))
    return [bind for bind in binds if not bind.required]


class Building:
    """One operation on its way to a statement."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        limits: Limits,
    ) -> None:
        self.schema = schema
        self.given = Given(variables)
        self.limits = limits
        self.selection = SelectionReader(schema, fragments, variables)
        self.shapes: Mapping[str, Shape] = schema.extensions["shapes"]
        self.binders: dict[str, Binder] = {}
        self.checks: list[Binder] = []
        self.marks: Any = None
        self._numbers = count(1)
        self._parts = 0
        self._is_below_list = False

    def type(self, name: str) -> GraphQLObjectType:
        """Return the object type with this name."""
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        return found

    def count(self, parts: int) -> None:
        """Take so many fields or values into the statement. Raises NotCompiled where they become too many."""
        self._parts += parts
        if self._parts > PARTS_MAX:
            raise NotCompiled(f"more than {PARTS_MAX} fields and values of filters")

    def repeat(self) -> None:
        """Take in a page. Raises NotCompiled below a list that is as long as it happens to be: its rows count."""
        if self._is_below_list:
            raise NotCompiled("a page below a list that is none")

    @contextmanager
    def below_list(self) -> Iterator[None]:
        """Make what stands below a list that is no page."""
        self.repeat()
        self._is_below_list = True
        try:
            yield
        finally:
            self._is_below_list = False

    def named(
        self, type_: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> Mapping[str, Sequence[FieldNode]]:
        """Return the nodes that these select of a type, by the name in the answer. Raises NotCompiled."""
        found = self.selection.named(type_, nodes)
        if any(len(name) > NAME_BYTES_MAX for name in found):
            raise NotCompiled("a longer name than a column can have")
        return found

    def name(self, of: str) -> str:
        """Return a name that nothing else in the statement has: no name in an answer has a `$`."""
        return f"{of}${next(self._numbers)}"

    def bind(self, type_: TypeEngine[Any], binder: Binder) -> BindParameter[Any]:
        """Return a value that each request gives anew."""
        name = self.name("given")
        self.binders[name] = binder
        return bindparam(name, type_=type_, required=True)

    def filled(
        self, made: ColumnElement[bool], again: Callable[[Given], ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        """Return a condition with the values of each request in it.

        `again` makes the condition of a request's values. With some it has another form, as where two parts say the
        same: then NotCompiled is raised.
        """
        places = {one.key: place for place, one in enumerate(_binds(made))}
        self.count(len(places))
        key = self.name("filter")

        def read(given: Given) -> list[Any]:
            found = again(given)
            if not made.compare(found, compare_keys=False, compare_values=False):
                raise NotCompiled("a filter of another form")
            return [one.value for one in _binds(found)]

        def values(given: Given) -> list[Any]:
            return given.once(key, lambda: read(given))

        def binder(place: int) -> Binder:
            return lambda given: values(given)[place]

        def replaced(element: Any, **options: Any) -> Any:
            if isinstance(element, BindParameter) and not element.required:
                return self.bind(element.type, binder(places[element.key]))
            return None

        found: ColumnElement[bool] = visitors.replacement_traverse(made, {}, replaced)
        return found

    def visible(self, shape: Shape) -> Visible:
        """Return the rows of a shape that may be seen, under a name of their own."""
        return Visible(shape.table, shape.about, self.name("row"))

    def columns(self, visible: Visible) -> Mapping[str, ColumnElement[Any]]:
        """Return the columns of rows, by name, with what is said of memberships for whoever looks."""
        names = list(visible.rows.c.keys())
        if "leaving" in names:
            names += JUDGED
        return dict(zip(names, visible.columns(names), strict=True))
