"""Fields of `Query` that lead to a subject by its key, or to all rows of a type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLResolveInfo

from service.graphql.arguments import key
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import SOURCE, Field, FieldSource, Row, argument
from service.graphql.fields.references import HIDDEN
from service.graphql.fields.shapes import kind_led_to, type_name
from service.graphql.lists.connections import ToMany
from service.graphql.lists.inputs import list_arguments
from service.graphql.selection import Selected, slot_of


@dataclass(frozen=True)
class ByKey:
    """Leads to the subject of a kind that has the key in the argument."""

    kind: str
    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the subject."""
        wanted = key(selected.arguments["key"])
        found = await loading.subjects(loading.shapes[self.kind], [wanted], selected.nodes)
        for row in rows:
            row[selected.slot] = found.get(wanted)

    def read(self, row: Row, slot: str) -> Any:
        """Return the row of the subject, None if there is none that the viewer may see."""
        return row[slot]


class Root(Field):
    """A field of `Query`, which is not fetched together with fields of other rows."""

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Let the schema's field fetch from the source and read from it."""
        source = self.source(owner)
        field.extensions[SOURCE] = source
        field.resolve = _fetching(source)


def _fetching(source: FieldSource) -> Callable[..., Any]:
    async def resolve(root: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        row: Row = {}
        slot = slot_of(str(info.path.key))
        field = info.parent_type.fields[info.field_name]
        await source.load(Loading(info), [row], Selected(slot, field, info.field_nodes, arguments))
        return source.read(row, slot)

    return resolve


def by_key(one: str) -> Any:
    """Declare the field that leads to one subject; `one` is the noun for it with an article, such as "A cohort"."""
    return Root(
        f"{one}, by its key. {HIDDEN}",
        lambda place: ByKey(kind_led_to(place)),
        form="X | None",
        arguments=lambda _: [argument("key", str, "The key under which it was recorded.")],
    )


def every(plural: str) -> Any:
    """Declare the field that leads to all rows of a type."""
    return Root(
        f"All {plural} that you are allowed to see.",
        lambda place: ToMany(type_name(place.type)),
        arguments=list_arguments,
        form="Connection[X]",
    )
