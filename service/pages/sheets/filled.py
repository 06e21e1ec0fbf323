"""What a row has in its columns, and the data of the events that it becomes. `rows` calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from events.vocabulary.catalogue import JsonObject
from service.pages.record.form import form_of
from service.pages.record.reading import ID as FORM_ID
from service.pages.record.reading import data_of
from service.pages.sheets import ids
from service.pages.sheets.columns import (
    ID,
    PRECISION,
    TIME,
    TYPE,
    VISIBILITY,
    Layout,
    Part,
    made_by,
)
from service.pages.sheets.files.table import Value
from service.pages.sheets.names import Names
from service.pages.sheets.values import attribute_of, text_of, texts_of, time_of

_DAY: Final = "day"
_COHORT: Final = "cohort"


@dataclass
class Filled:
    """What a row contains, by its columns."""

    given: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    times: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Times, each with whether only its day is known."""
    keys: dict[str, str] = field(default_factory=dict)
    """The keys that the row itself gives to what it creates."""
    key: str | None = None
    columns: dict[str, int] = field(default_factory=dict)
    organisation: str | None = None
    """The organisation that is meant if the row names none."""
    assumed: list[str] = field(default_factory=list)
    """The columns that the row leaves out and that have a default, as far as its events need them."""

    left_open: list[str] = field(default_factory=list)
    """The columns of events that the row does not become, which a reader of it should know."""

    def take(
        self, layout: Layout, name: str, value: Value, names: Names, zone: tzinfo | None
    ) -> None:
        """Take the value of a column. Raises Unfit."""
        if name in layout.fields:
            self.given[name] = texts_of(layout.fields[name], value, names.named)
        elif name in layout.made:
            self.keys[name] = text_of(value)
        elif name == TIME or name in layout.times:
            self.times[name] = time_of(value, zone)
        else:
            self.attributes[name] = attribute_of(name, value)

    def complete(self, layout: Layout, names: Names) -> None:
        """Take what the row may leave out: defaults, and from the cohort that the file forms which it is, and when."""
        contained = {name for part in self.parts(layout) for name in part.columns.values()}
        self.assumed = [
            name for name in layout.defaults if name in contained and name not in self.columns
        ]
        self.given |= {name: [layout.defaults[name]] for name in self.assumed}
        self.left_open = [name for name in layout.left_open if name not in contained]
        field = layout.fields.get(_COHORT)
        is_needed = _COHORT in layout.needed or (field is not None and field.is_required)
        if is_needed and _COHORT not in self.columns and (formed := names.formed()):
            self.given[_COHORT] = [formed.key]
        if TIME in layout.empty and TIME not in self.columns and _COHORT in self.given:
            formed = names.formed(self.given[_COHORT][0])
            if formed is not None:
                self.times[TIME] = formed.time

    def parts(self, layout: Layout) -> list[Part]:
        """Return the events that the row becomes."""
        return [
            part
            for part in layout.parts
            if not part.any_of or not part.any_of.isdisjoint(self.columns)
        ]

    def id_of(self, layout: Layout) -> str | None:
        """Return the id that the row gives, itself or by its key; None if it gives none."""
        by_key = None if self.key is None else ids.of_key(layout.name, self.key)
        return self.attributes.get(ID, by_key)

    def attributes_of(self, part: Part) -> dict[str, Any]:
        """Return the attributes of an event, without its id and its type."""
        time, is_day = self.times.get(part.time) or self.times[TIME]
        return {
            TIME: time,
            **({PRECISION: _DAY} if is_day else {}),
            **{
                name: value
                for name, value in self.attributes.items()
                if name not in (ID, TYPE) and (part.has_level or name != VISIBILITY)
            },
        }

    def data(
        self, part: Part, random: str, created: Mapping[str, str], *, with_made: bool = True
    ) -> JsonObject:
        """Return an event's data, with or without the keys that are made of these random bits."""
        form = form_of(part.kind)
        fields = {one.name: one for one in form.walked()}
        given = {
            name: self.given[column]
            for name, column in part.columns.items()
            if column in self.given
        }
        day = self.attributes_of(part)[TIME][:10]
        given |= {name: [day] for name in part.days if part.columns[name] not in self.columns}
        for name, kinds in part.links.items():
            found = [(kind, created[kind]) for kind in kinds if kind in created]
            is_one_kind = len(fields[name].kinds) == 1
            given[name] = [key if is_one_kind else f"{kind}/{key}" for kind, key in found]
        if self.organisation is not None:
            own = (part.kind.organisation_field, part.kind.model.required_of_organisation)
            given |= {
                name: [self.organisation]
                for name in own
                if name in fields and part.columns.get(name) not in self.columns
            }
        made = {name: part.columns[name] for name in made_by(part.kind)}
        return {
            name: self.keys.get(made.get(name, ""), value)
            for name, value in data_of(form, {**given, FORM_ID: [random]}).items()
            if with_made or name not in made or made[name] in self.keys
        }
