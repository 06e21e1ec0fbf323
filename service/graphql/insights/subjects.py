"""The subjects whose keys are in figures: beside each field with keys, another field leads to the subjects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo, get_named_type
from strawberry.utils.str_converters import to_camel_case

from projections.insights.figures.definition import Answer
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import SOURCE, Field, FieldSource, Row
from service.graphql.fields.references import ToOne, ToStream
from service.graphql.selection import Selected, slot_of
from service.graphql.types.bases import Subject
from service.graphql.types.listed import KINDS

PLAIN: Final = "__plain__"
"""Marks a type and its class whose values are dicts that are JSON already."""

STREAMS: Final = ""
"""Used instead of a kind for fields that have streams of any kind, as `<kind>/<key>`."""

KEYS: Final[Mapping[str, str]] = {
    "ask": "ask",
    "cohort": "cohort",
    "commitment": "commitment",
    "failure": "failure",
    "earlier": "failure",
    "iteration": "iteration",
    "learning": "learning",
    "organisation": "organisation",
    "organisations": "organisation",
    "from": "organisation",
    "to": "organisation",
    "question": "question",
    "also": "question",
    "suggestion": STREAMS,
    "Counted.items": STREAMS,
    "SustainedAfter.items": STREAMS,
    "IterationKeys.list": "iteration",
    "OrganisationKeys.list": "organisation",
    "PairingKeys.list": "pairing",
}
"""The kind of the subjects whose keys a field of a figure has, by the name of the field or by type and field."""


@dataclass(frozen=True)
class ToEach:
    """Leads to the subjects of a list of keys or streams, with None in place of each that the viewer may not see."""

    kind: str
    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column with the list."""
        return (self.column,)

    def _streams(self, row: Row) -> list[str]:
        prefix = f"{self.kind}/" if self.kind else ""
        return [f"{prefix}{value}" for value in row[self.column]]

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the subjects."""
        wanted = {stream for row in rows for stream in self._streams(row)}
        found = await loading.streams(wanted, selected.nodes)
        for row in rows:
            row[selected.slot] = [found.get(stream) for stream in self._streams(row)]

    def read(self, row: Row, slot: str) -> Any:
        """Return the rows of the subjects."""
        return row[slot]


def subjects_beside(cls: type) -> Iterator[tuple[str, str, Any, Field]]:
    """Yield, for each attribute of a class that has keys, its name and the name, type and field for the subjects."""
    for attribute, annotation in cls.__annotations__.items():
        key = to_camel_case(attribute.removesuffix("_"))
        kind = KEYS.get(f"{cls.__name__}.{key}", KEYS.get(key))
        if kind is None or annotation not in (str, str | None, list[str]):
            continue
        type_ = KINDS[kind] if kind else Subject
        name = attribute.removesuffix("_")
        if annotation == list[str]:
            plural = f"{name.removesuffix('s')}_subjects"
            yield attribute, plural, list[type_ | None], _each(kind, key)  # type: ignore[valid-type]
        else:
            yield attribute, f"{name}_subject", type_ | None, _one(kind, key)


def _one(kind: str, key: str) -> Field:
    source: FieldSource = ToOne(kind, key) if kind else ToStream(key)
    return Field(
        f"The subject that `{key}` names, in its current state. Null if you are not allowed to see it.",
        lambda _: source,
        form="X | None",
    )


def _each(kind: str, key: str) -> Field:
    return Field(
        f"The subjects that `{key}` names, in the same order and in their current state. "
        "Null in place of each that you are not allowed to see.",
        lambda _: ToEach(kind, key),
        form="list[X | None]",
    )


class Completed(dict[str, Any]):
    """A part of an answer, with the subjects that are selected beside its keys."""


async def with_subjects(
    loading: Loading, type_: GraphQLObjectType, parts: Sequence[Answer], nodes: Sequence[FieldNode]
) -> Sequence[Answer]:
    """Return parts of an answer with the subjects that are selected in them, or `parts` itself if none are.

    Each list of the query needs one statement, no matter how many parts there are.
    """
    found = parts
    for selected in loading.selection.of(type_, nodes):
        below = get_named_type(selected.field.type)
        if SOURCE in selected.field.extensions:
            found = completed = _completed(found)
            await loading.lead(completed, selected)
        elif isinstance(below, GraphQLObjectType) and PLAIN in below.extensions:
            lists: list[Sequence[Answer]] = [part[selected.name] for part in parts]
            rows = [row for list_ in lists for row in list_]
            filled = await with_subjects(loading, below, rows, selected.nodes)
            if filled is not rows:
                found = completed = _completed(found)
                left = iter(filled)
                for part, list_ in zip(completed, lists, strict=True):
                    part[selected.slot] = [next(left) for _ in list_]
    return found


def _completed(parts: Sequence[Answer]) -> Sequence[Completed]:
    return [part if isinstance(part, Completed) else Completed(part) for part in parts]


def read_part(part: Row, info: GraphQLResolveInfo[Any]) -> Any:
    """Return the value of a field in a part of an answer, with the subjects that are selected below it."""
    slot = slot_of(str(info.path.key))
    return part[slot] if slot in part else part[info.field_name]
