"""What is known while an operation is compiled: its selections, and which values each request gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Final, TypeVar

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema
from graphql.execution import VariableValues, get_argument_values
from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine

from projections.queries.lists import BY_VIEWER, Visible
from service.graphql.fields.shapes import Shape
from service.graphql.limits.query_size import Limits
from service.graphql.selection import Selected, SelectionReader

T = TypeVar("T")

PARTS_MAX: Final = 1_000
"""The most fields and values of filters in a statement, where each occurrence counts.

PostgreSQL must be able to plan the statement, and accepts no more than about 32,000 values.
"""

NAME_BYTES_MAX: Final = 63
"""The longest name of a column. PostgreSQL cuts off longer ones."""


class NotCompiled(Exception):
    """A selection that cannot be compiled, so that the executor must execute it."""


class RequestValues:
    """The values of one request: its variables, and the arguments with these variables."""

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
        """Return the result of `make`, which is called once per request and `key`."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


Binder = Callable[[RequestValues], Any]


def _binds(condition: ColumnElement[bool]) -> list[BindParameter[Any]]:
    """Return the bound values in a condition, in order, without those that depend on the viewer."""
    binds = (one for one in visitors.iterate(condition) if isinstance(one, BindParameter))
    return [bind for bind in binds if not bind.required]


class Building:
    """The state of the compilation of one operation.

    `request` has the values of the request that is being answered. The statement must not depend on them.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        limits: Limits,
    ) -> None:
        self.schema = schema
        self.request = RequestValues(variables)
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
        """Add to the number of fields and values in the statement. Raises NotCompiled if there are too many."""
        self._parts += parts
        if self._parts > PARTS_MAX:
            raise NotCompiled(f"more than {PARTS_MAX} fields and values of filters")

    def refuse_below_list(self) -> None:
        """Raise NotCompiled below a list without pages: only the executor counts the rows there."""
        if self._is_below_list:
            raise NotCompiled("a page below a list without pages")

    @contextmanager
    def below_list(self) -> Iterator[None]:
        """Compile, in the body, the selection below a list without pages."""
        self.refuse_below_list()
        self._is_below_list = True
        try:
            yield
        finally:
            self._is_below_list = False

    def named(
        self, type_: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> Mapping[str, Sequence[FieldNode]]:
        """Return the nodes that these nodes select of a type, by response name. Raises NotCompiled."""
        found = self.selection.named(type_, nodes)
        if any(len(name) > NAME_BYTES_MAX for name in found):
            raise NotCompiled("a name that is too long for a column")
        return found

    def name(self, of: str) -> str:
        """Return a name that is unique in the statement. It contains a `$`, which no response name does."""
        return f"{of}${next(self._numbers)}"

    def bind(self, type_: TypeEngine[Any], binder: Binder) -> BindParameter[Any]:
        """Return a bound value that comes from each request."""
        name = self.name("value")
        self.binders[name] = binder
        return bindparam(name, type_=type_, required=True)

    def filled(
        self, made: ColumnElement[bool], again: Callable[[RequestValues], ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        """Return a condition whose values come from each request.

        `again` makes the condition from the values of a request. The form of that may differ, for example if two parts
        are equal: then the values raise NotCompiled.
        """
        places = {one.key: place for place, one in enumerate(_binds(made))}
        self.count(len(places))
        key = self.name("filter")

        def read(request: RequestValues) -> list[Any]:
            found = again(request)
            if not made.compare(found, compare_keys=False, compare_values=False):
                raise NotCompiled("a filter of another form")
            return [one.value for one in _binds(found)]

        def values(request: RequestValues) -> list[Any]:
            return request.once(key, lambda: read(request))

        def binder(place: int) -> Binder:
            return lambda request: values(request)[place]

        def replaced(element: Any, **options: Any) -> Any:
            if isinstance(element, BindParameter) and not element.required:
                return self.bind(element.type, binder(places[element.key]))
            return None

        found: ColumnElement[bool] = visitors.replacement_traverse(made, {}, replaced)
        return found

    def visible(self, shape: Shape) -> Visible:
        """Return the rows of a shape that the viewer may see, under a unique name."""
        return Visible(shape.table, shape.about, self.name("row"))

    def columns(self, visible: Visible) -> Mapping[str, ColumnElement[Any]]:
        """Return the columns of rows by name, for memberships with those that depend on the viewer."""
        names = list(visible.rows.c.keys())
        if "leaving" in names:
            names += BY_VIEWER
        return dict(zip(names, visible.columns(names), strict=True))
