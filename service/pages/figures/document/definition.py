"""What is in a report: its period, its sections and its words, as people write them in `report.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
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

from projections.tables.tables import TABLES
from service.graphql.figure_documents import definition, numbers
from service.pages.figures.fitting import FITTING
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


def _one_of(what: str, names: Sequence[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name in names:
            return name
        near = get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(names)}"
        raise ValueError(f"{name} is no {what}; {meant}")

    return AfterValidator(check)


Begin = Annotated[datetime, BeforeValidator(begin_of)]
End = Annotated[datetime, BeforeValidator(end_of)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
FigureName = Annotated[str, _one_of("figure of a cohort", FITTING)]
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


class _Timed(_Part):
    from_: Begin | None = Field(None, alias="from")
    to: Begin | None = None

    @model_validator(mode="after")
    def _period_is_one(self) -> Self:
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise ValueError(f"the period ends on {self.to:%Y-%m-%d}, which is not after it begins")
        return self


class OwnWords(_Part):
    """The title and the words of a figure in this report, if not its usual ones."""

    title: Line | None = None
    words: Words = ""


class Section(_Timed):
    """A section: its words, then its figures, its numbers over time, and its table.

    The numbers are by month, quarter or year; without `by`, the shortest of these that can be read well.
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


class Definition(_Timed):
    """A report. Without a title, it has that of its cohort; without sections, the usual ones.

    `from_` and `to` (half-open) choose what is counted, unless a section has a period of its own, and `at` is the
    moment of the figures. `readers` says for whom the report is, and `records_max` how many of the records that a
    figure counts are listed.
    """

    title: Line | None = None
    readers: Line | None = None
    language: Literal[TAGS] = TAGS[0]  # type: ignore[valid-type]  # a tuple of literals
    cohorts: tuple[Line, ...] = ()
    at: End | None = None
    words: Words = ""
    sections: tuple[Section, ...] = ()
    figures: Mapping[FigureName, OwnWords] = Field(default_factory=dict)
    records_max: int = Field(1_000, ge=0, le=100_000)

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
            message = "there is no such setting"
        elif fault["type"] != _OURS:
            message = f"{message[0].lower()}{message[1:]}"
        where = _place(fault["loc"], given)
        yield f"{where}: {message}" if where else message


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
