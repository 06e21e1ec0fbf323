"""What is in a report: its period, its sections and its words, as people write them in `report.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from events.vocabulary.values.likeness import closest
from projections.tables.tables import TABLES
from service.graphql.figure_documents import definition, numbers
from service.pages.figures.fitting import FITTING, OF_ORGANISATION, REPORTED
from service.pages.frame.language import TAGS

REPORTED_TABLES: Final = tuple(name for name in TABLES if name != "persons")
"""The tables that a report may show."""

_IGNORES_PERIOD: Final = "`from`, `to` and `themes` are ignored"
_OURS: Final = "value_error"
"""The type of faults whose words are ours."""


Interval = Literal["month", "quarter", "year"]


def ignores_period(figure: str) -> bool:
    """Return whether a figure is always over the whole time, as its definition says."""
    return _IGNORES_PERIOD in definition(figure)


class UnreadableReport(ValueError):
    """A definition with faults. `faults` are sentences that say where each is."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


# Values


def _day_or_moment(value: Any, *, is_end: bool) -> datetime:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(_expected(value)) from None
    if isinstance(value, datetime):
        try:
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            raise ValueError(_expected(value)) from None
    if not isinstance(value, date):
        raise ValueError(_expected(value))  # a fault of the file, as others are
    day = datetime.combine(value, time(), UTC)
    return day + timedelta(days=1, microseconds=-1) if is_end else day


def _expected(value: Any) -> str:
    return f"{value} is no day or moment; expected one such as 2024-07-01"


def begin_of(value: Any) -> datetime:
    """Return a moment in UTC. A day stands for its begin. Raises ValueError."""
    return _day_or_moment(value, is_end=False)


def end_of(value: Any) -> datetime:
    """Return a moment in UTC. A day stands for its end. Raises ValueError."""
    return _day_or_moment(value, is_end=True)


def day_of(value: Any) -> date:
    """Return a day. Raises ValueError."""
    with suppress(TypeError, ValueError):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{value} is no day; expected one such as 2024-07-01")
    return value


def _one_of(what: str, names: Sequence[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name in names:
            return name
        raise ValueError(f"{name} is no {what}; {_meant(name, names)}")

    return AfterValidator(check)


def _meant(name: str, names: Sequence[str]) -> str:
    """Return which of the names was meant, or all of them if none is alike."""
    found = closest(name, names)
    return f"did you mean {found}?" if found else f"expected one of {', '.join(names)}"


Begin = Annotated[datetime, BeforeValidator(begin_of)]
End = Annotated[datetime, BeforeValidator(end_of)]
Day = Annotated[date, BeforeValidator(day_of)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
FigureName = Annotated[str, _one_of("figure of a report", REPORTED)]
NumberName = Annotated[
    str,
    _one_of(
        "number of a figure by time",
        [f"{name}.{one}" for name in FITTING if not ignores_period(name) for one in numbers(name)],
    ),
]
TableName = Annotated[str, _one_of("table", REPORTED_TABLES)]


# What is in a report


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Scoped(_Part):
    from_: Begin | None = Field(None, alias="from")
    to: Begin | None = None
    organisation: Line | None = None

    @model_validator(mode="after")
    def _period_is_one(self) -> Self:
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise ValueError(f"the period ends on {self.to:%Y-%m-%d}, which is not after it begins")
        return self


class OwnWords(_Part):
    """The title and the words of a figure in this report, if not its usual ones."""

    title: Line | None = None
    words: Words = ""


class Section(_Scoped):
    """A section: its words, then its figures, its numbers over time, and its table.

    The numbers are by month, quarter or year; without `by`, the shortest of these that can be read well. With
    `organisation`, all of it is only about what is that organisation's.
    """

    title: Line
    words: Words = ""
    figures: tuple[FigureName, ...] = ()
    numbers: tuple[NumberName, ...] = ()
    by: Interval | None = None
    table: TableName | None = None
    columns: tuple[str, ...] = ()

    @field_validator("figures", "numbers", "columns")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} is named twice")
        return names

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if not (self.words or self.figures or self.numbers or self.table):
            raise ValueError("it is empty; expected words, figures, numbers or a table")
        known = [] if self.table is None else [one.name for one in TABLES[self.table].columns]
        if self.table is None and self.columns:
            raise ValueError("columns are those of a table, which is missing")
        for name in self.columns:
            if name not in known:
                raise ValueError(
                    f"{name} is no column of {self.table}; expected some of {', '.join(known)}"
                )
        return self


class Definition(_Scoped):
    """A report. Without a title, it has that of its cohort; without sections, the usual ones.

    It is about `cohorts`, or about all that start from `cohorts_from` on and before `cohorts_to`, or, without any,
    about everything. `from_` and `to` (half-open) choose what is counted, and `organisation` whose, unless a section
    has a period or an organisation of its own; `at` is the moment of the figures. `readers` says for whom the report
    is, and `records_max` how many of the records that a figure counts are listed.
    """

    title: Line | None = None
    readers: Line | None = None
    language: Literal[TAGS] = TAGS[0]  # type: ignore[valid-type]  # a tuple of literals
    cohorts: tuple[Line, ...] = ()
    cohorts_from: Day | None = None
    cohorts_to: Day | None = None
    at: End | None = None
    words: Words = ""
    sections: tuple[Section, ...] = ()
    figures: Mapping[FigureName, OwnWords] = Field(default_factory=dict)
    records_max: int = Field(1_000, ge=0, le=100_000)

    @model_validator(mode="after")
    def _cohorts_are_named_or_of_a_range(self) -> Self:
        first, end = self.cohorts_from, self.cohorts_to
        if self.cohorts and self.has_range:
            raise ValueError("cohorts are either named or chosen by cohorts_from and cohorts_to")
        if first is not None and end is not None and end <= first:
            raise ValueError(f"cohorts_to is {end}, which is not after cohorts_from")
        return self

    @model_validator(mode="after")
    def _figures_have_their_organisation(self) -> Self:
        for number, section in enumerate(self.sections, 1):
            lacking = [name for name in section.figures if name in OF_ORGANISATION]
            if lacking and not (section.organisation or self.organisation):
                raise ValueError(
                    f"section {number} ({section.title}): {', '.join(lacking)} is about one organisation; expected "
                    "the setting organisation with its key"
                )
        return self

    @property
    def has_range(self) -> bool:
        """Whether its cohorts are chosen by when they start."""
        return not (self.cohorts_from is None and self.cohorts_to is None)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Return the definition. Raises UnreadableReport with all its faults."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise UnreadableReport(list(_faults(error, given))) from None


def read(text: str) -> Mapping[str, Any]:
    """Return what a file says, unchecked. Raises UnreadableReport if it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableReport([f"it is not TOML: {error}"]) from None


def _faults(error: ValidationError, given: Mapping[str, Any]) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            settings = _settings(fault["loc"])
            message = f"there is no such setting; {_meant(str(fault['loc'][-1]), settings)}"
        elif fault["type"] != _OURS:
            message = f"{message[0].lower()}{message[1:]}"
        where = _place(fault["loc"], given)
        yield f"{where}: {message}" if where else message


def _settings(loc: Sequence[int | str]) -> list[str]:
    """Return the settings that there are at a place."""
    parts: Mapping[int | str, type[_Part]] = {"sections": Section, "figures": OwnWords}
    part = parts.get(loc[0], Definition) if len(loc) > 1 else Definition
    return [field.alias or name for name, field in part.model_fields.items()]


def _place(loc: Sequence[int | str], given: Any) -> str:
    """Return where a fault is, such as `section 2 (Who took part?), figures 1`: people count from 1."""
    parts: list[str] = []
    for step in loc:
        try:
            given = given[step]
        except (KeyError, IndexError, TypeError):
            given = None
        if isinstance(step, str):
            parts += [step] if step != "[key]" else []
        elif parts and parts[-1] == "sections":
            title = given.get("title") if isinstance(given, Mapping) else None
            parts[-1] = f"section {step + 1}" + (f" ({title})" if isinstance(title, str) else "")
        elif parts:
            parts[-1] = f"{parts[-1]} {step + 1}"
    return ", ".join(parts)
