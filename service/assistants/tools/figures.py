"""The tool `figures`: the figures of the insights, each with its definition and its units."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, Field

from events.vocabulary.faults import Fault
from events.vocabulary.terms import Mode, ParticipationLevel
from projections.insights.answers import ARGUMENTS, ORDER, QUALIFYING, FigureArguments
from service.assistants.asker import REFUSED, Asker
from service.assistants.tool import PAGE_MAX, Arguments, Result, Tool
from service.assistants.tools.journey import From, To, as_text
from service.graphql.figure_documents import definition, document, in_events, in_graph, units
from service.graphql.figure_tables import lines
from service.graphql.insights.glossary import COUNT
from service.problems import refusal

Keys = Annotated[list[str] | None, Field(max_length=PAGE_MAX)]


class FiguresArguments(Arguments):
    """Which figure, over what. Everything but `figure` and the page of rows only narrows it or is for some figures."""

    figure: Annotated[
        str | None,
        Field(
            description="The name of a figure. Null for a list of all figures with their definitions."
        ),
    ] = None
    cohorts: Annotated[Keys, Field(description="Only these cohorts, by key.")] = None
    organisations: Annotated[Keys, Field(description="Only these organisations, by key.")] = None
    sectors: Annotated[Keys, Field(description="Only organisations of these sectors.")] = None
    themes: Annotated[Keys, Field(description="Only subjects with one of these themes.")] = None
    from_: From = None
    to: To = None
    at: Annotated[
        AwareDatetime | None, Field(description="As of this moment (RFC 3339). Null for now.")
    ] = None
    organisation: Annotated[
        str | None,
        Field(
            description="For learningReach, modesTried, rhythm and costOfLearning: the organisation's key."
        ),
    ] = None
    mode: Annotated[
        str | None,
        Field(
            description="For triedBefore: a mode of participation.",
            json_schema_extra={"enum": [*Mode, None]},
        ),
    ] = None
    level: Annotated[
        str | None,
        Field(
            description="For triedBefore: a level of participation.",
            json_schema_extra={"enum": [*ParticipationLevel, None]},
        ),
    ] = None
    theme: Annotated[str | None, Field(description="For triedBefore: a theme.")] = None
    question: Annotated[
        str | None, Field(description="For similarQuestions: the key of a question.")
    ] = None
    text: Annotated[
        str | None, Field(description="For similarQuestions: the text of a question.")
    ] = None
    language: Annotated[
        str | None,
        Field(description="For similarQuestions: the language of the text, as a BCP 47 tag."),
    ] = None
    first: Annotated[
        int, Field(ge=1, le=PAGE_MAX, description="How many rows to return of each list.")
    ] = 25
    skip: Annotated[int, Field(ge=0, description="How many rows to leave out before.")] = 0

    @property
    def asked(self) -> FigureArguments:
        """The arguments of single figures."""
        return FigureArguments(
            mode=self.mode,
            level=self.level,
            themes=(self.theme,) if self.theme else (),
            organisation=self.organisation,
            question=self.question,
            text=self.text,
            language=self.language,
        )

    @property
    def filter(self) -> dict[str, Any]:
        """The scope, as the graph takes it."""
        lists = ("cohorts", "organisations", "sectors", "themes")
        given = {
            **{name: getattr(self, name) for name in lists},
            "from": as_text(self.from_),
            "to": as_text(self.to),
        }
        return {name: value for name, value in given.items() if value}


class Figure(BaseModel):
    """A figure."""

    name: str
    definition: str
    arguments: list[str] = Field(description="The arguments of its own that it takes.")


class FiguresResult(Result):
    """The figures by their definitions; of one alone also its value."""

    figures: list[Figure]
    partial: bool | None = Field(
        description="Whether something in scope is hidden from this caller. Null in the list of all figures."
    )
    value: dict[str, Any] | None = Field(
        description="The figure. Null in the list, and if a partial view would distort it."
    )
    units: dict[str, str] = Field(description="The units of its numbers, by their fields.")
    rows_total: dict[str, int] = Field(
        description="By their fields, the lengths of the lists of which not all is returned: ask on with `skip`."
    )

    def lines(self) -> Iterator[str]:
        for one in self.figures:
            takes = f" (takes {', '.join(one.arguments)})" if one.arguments else ""
            yield f"- {one.name}{takes}: {one.definition}"
        if self.partial is None:
            return
        if self.partial:
            yield "Some of what is in scope is hidden from this caller: the figure holds only as far as is shown."
        if self.value is None:
            yield "It has no value for this caller and scope: either a partial view would distort it, or there is none."
            return
        for row, field, value, unit in lines(self.value, self.units):
            place = f"[{row}] " if row else ""
            yield f"  {place}{field}: {value} {'' if unit == COUNT else unit}"
        for field, total in self.rows_total.items():
            yield f"  of {field} there are {total}: ask on with skip"


async def _figures(arguments: FiguresArguments, asker: Asker) -> FiguresResult:
    name = arguments.figure
    if name is None:
        return FiguresResult(
            figures=[_figure(one) for one in ORDER],
            partial=None,
            value=None,
            units={},
            rows_total={},
        )
    given = _checked(name, arguments)
    variables = {"filter": arguments.filter, "at": as_text(arguments.at), **in_graph(name, given)}
    insights = (await asker.ask(document(name, given), variables))["insights"] or {}
    value = in_events(name, insights.get(name))
    totals: dict[str, int] = {}
    if value is not None:
        value = _page(value, arguments.skip, arguments.first, totals)
    return FiguresResult(
        figures=[_figure(name)],
        partial=insights.get("partial", True),
        value=value,
        units=units(name),
        rows_total=totals,
    )


def _figure(name: str) -> Figure:
    return Figure(
        name=name,
        definition=definition(name),
        arguments=[_TAKEN.get(one, one) for one in ARGUMENTS.get(name, ())],
    )


_TAKEN: Final = {"themes": "theme"}
"""What the arguments of figures are called here, where `themes` is part of the scope."""


def _checked(name: str, arguments: FiguresArguments) -> Mapping[str, Any]:
    """Return the figure's own arguments. Raises Problem with everything that is wrong with them."""
    faults = []
    if name not in ORDER:
        faults.append(_fault("figure", f"one of {', '.join(ORDER)}"))
    for argument, terms in (("mode", Mode), ("level", ParticipationLevel)):
        if (found := getattr(arguments, argument)) is not None and found not in list(terms):
            faults.append(_fault(argument, f"one of {', '.join(terms)}"))
    asked, taken = arguments.asked, ARGUMENTS.get(name, ())
    for one in fields(FigureArguments):
        if name in ORDER and one.name not in taken and getattr(asked, one.name):
            faults.append(
                _fault(_TAKEN.get(one.name, one.name), f"nothing: {name} does not take it")
            )
    if asked.question is not None and asked.text is not None:
        faults.append(_fault("text", "either `question` or `text`"))
    given = asked.arguments(name)
    if given is None:
        needed = [_TAKEN.get(one, one) for one in taken if one not in QUALIFYING]
        faults.append(
            _fault(needed[0], f"one of the arguments that {name} needs: {', '.join(needed)}")
        )
    if faults or given is None:
        raise refusal(faults, refused=REFUSED)
    return given


def _fault(argument: str, expected: str) -> Fault:
    return Fault("argument.malformed", f"/{argument}", f"Expected {expected}.", None)


def _page(value: Any, skip: int, first: int, totals: dict[str, int], path: str = "") -> Any:
    """Return a part of a figure with a page of each of its lists; note in `totals` how long these are."""
    if isinstance(value, list):
        if len(value) > first or skip:
            totals[path] = max(len(value), totals.get(path, 0))
            value = value[skip : skip + first]
        return [_page(one, 0, first, totals, path) for one in value]
    if isinstance(value, dict):
        return {
            name: _page(one, skip, first, totals, f"{path}.{name}" if path else name)
            for name, one in value.items()
        }
    return value


FIGURES: Final = Tool(
    name="figures",
    title="Ask for figures",
    description="List the figures with their definitions, or compute one over cohorts, organisations, sectors, themes"
    " or a span of time. Quote a figure together with what its definition says it counts.",
    arguments=FiguresArguments,
    result=FiguresResult,
    run=_figures,
)
