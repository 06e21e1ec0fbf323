"""`howcanwe insights`."""

from contextlib import ExitStack, closing
from enum import StrEnum
from typing import Annotated, Final, NoReturn

import typer

from events.access.principal import Role
from events.vocabulary.terms import Mode, ParticipationLevel
from events.vocabulary.times import moment
from projections.insights.answers import ARGUMENTS, NEEDING, ORDER, FigureArguments
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.viewer import FigureViewer
from service.commands.console.insight_answers import InsightRequest, of_log, of_server
from service.commands.console.insight_tables import as_csv, as_json, as_tables
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    sentences,
    settings_from,
    tell,
    tell_what_lacks_manifest,
)
from service.database import database
from service.replay.sources.address import source_of
from service.replay.sources.server import ServerSource


class Format(StrEnum):
    """How figures are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


_FORMS: Final = {Format.JSON: as_json, Format.CSV: as_csv, Format.TABLE: as_tables}
_OPTIONS: Final = {
    "organisation": "--of-organisation",
    "themes": "--of-theme",
    "mode": "--mode",
    "level": "--level",
    "question": "--question",
    "text": "--text",
}
"""The option for each argument of a figure."""
_KEYED: Final = {Role.FACILITATOR, Role.ORGANISATION}

Keys = list[str] | None


def insights(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A server's URL, a database's (postgresql://…), or an exported file. [default: the settings' log]"
        ),
    ] = None,
    *,
    key: Annotated[
        str | None, typer.Option(help="Key for a server: who looks. [env: HOWCANWE_KEY]")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Up to this moment (RFC 3339); now, where none is given.")
    ] = None,
    as_of: Annotated[
        int | None, typer.Option(min=0, help="Only what the log held up to this position.")
    ] = None,
    cohort: Annotated[Keys, typer.Option(help="Only of this cohort. Repeated: of any.")] = None,
    organisation: Annotated[
        Keys, typer.Option(help="Only of this organisation. Repeated: of any.")
    ] = None,
    sector: Annotated[Keys, typer.Option(help="Only of organisations of this sector.")] = None,
    theme: Annotated[Keys, typer.Option(help="Only things with this theme.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Only things from this time on (RFC 3339).")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Only things before this time (RFC 3339).")] = None,
    figure: Annotated[Keys, typer.Option(help="Only this figure, by its name. Repeated.")] = None,
    of_organisation: Annotated[
        str | None,
        typer.Option(
            help="For learningReach, modesTried, rhythm and costOfLearning: whose they are."
        ),
    ] = None,
    of_theme: Annotated[
        Keys, typer.Option(help="For triedBefore: a theme of the iteration. Repeated: any.")
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="For triedBefore: a way of taking part.")
    ] = None,
    level: Annotated[
        ParticipationLevel | None,
        typer.Option(help="For triedBefore: the plan's level of participation."),
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="For similarQuestions: the key of a question.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="For similarQuestions: a wording.")] = None,
    viewer: Annotated[
        str | None,
        typer.Option(
            help="Who looks at a log at hand: facilitator (of everything), facilitator:C1,C2, organisation:KEY,"
            " analyst or public. [default: facilitator]",
            metavar="ROLE[:KEY]",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print each figure's definition, too.")
    ] = False,
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.TABLE,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print the figures of the insights, exactly, with the moment, the scope and the units of each.

    The options from --cohort to --to choose what all figures are about. The arguments of single figures are separate
    from these: --of-organisation, --of-theme, --mode, --level, --question, --text. A figure that needs an argument is
    printed when it is given. A server gives the figures of what the key may see.
    """
    settings = settings_from(data=data, database_url=database_url)
    names = _names(figure)
    asked = FigureArguments(
        mode=mode,
        level=level,
        themes=tuple(of_theme or ()),
        organisation=of_organisation,
        question=question,
        text=text,
    )
    _check(names, asked)
    scope = Scope(
        cohorts=frozenset(cohort or ()),
        organisations=frozenset(organisation or ()),
        sectors=frozenset(sector or ()),
        themes=frozenset(theme or ()),
        from_us=_moment("--from", from_),
        to_us=_moment("--to", to),
    )
    if scope.from_us is not None and scope.to_us is not None and scope.to_us <= scope.from_us:
        _wrong(f"--to {to}: expected a moment after --from")
    wanted = InsightRequest(names, scope, asked, as_of, _moment("--at", at))
    who = _viewer(viewer or Role.FACILITATOR)
    with sentences(), ExitStack() as stack:
        if source is None:
            source, _ = stack.enter_context(database(settings, begin=False))
        opened = stack.enter_context(closing(source_of(source, key)))
        if isinstance(opened, ServerSource):
            if viewer is not None:
                _wrong("--viewer is for a log at hand: on a server, the key says who looks")
            found = list(of_server(opened, wanted))
        else:
            if key is not None:
                _wrong("--key is for a server: at a log at hand, --viewer says who looks")
            tell_what_lacks_manifest(source)
            found = of_log(opened, who, wanted)
    if any(answer.partial for answer in found):
        tell("some of what these cohorts recorded is hidden from this viewer")
    _FORMS[format](found, explain=explain)


def _viewer(told: str) -> FigureViewer:
    name, separator, keys = told.partition(":")
    try:
        role = Role(name)
        named = [key for key in keys.split(",") if key]
        if bool(separator) != bool(named) or (named and role not in _KEYED):
            raise ValueError
        if role is Role.ORGANISATION:
            [organisation] = named
            return FigureViewer(role, organisation=organisation)
        return FigureViewer(role, cohorts=frozenset(named))
    except ValueError:
        _wrong(
            f"--viewer {told}: expected facilitator, facilitator:COHORT,…, organisation:KEY, analyst or public"
        )


def _names(told: Keys) -> frozenset[str] | None:
    if not told:
        return None
    for name in told:
        if name not in ORDER:
            _wrong(f"--figure {name}: expected one of {', '.join(ORDER)}")
    return frozenset(told)


def _check(names: frozenset[str] | None, asked: FigureArguments) -> None:
    """End with exit code 2 where a figure lacks the argument that it needs, an argument lacks a figure, or two exclude
    each other.
    """
    if asked.question is not None and asked.text is not None:
        _wrong("--question and --text: similarQuestions takes one of them")
    if names is None:
        return
    for name in sorted(names & NEEDING):
        if asked.arguments(name) is None:
            options = ", ".join(_OPTIONS[argument] for argument in ARGUMENTS[name])
            _wrong(f"--figure {name}: expected one of its arguments: {options}")
    taken = {argument for name in names for argument in ARGUMENTS.get(name, ())}
    for argument, option in _OPTIONS.items():
        if getattr(asked, argument) not in (None, ()) and argument not in taken:
            _wrong(f"{option}: none of the figures that you chose takes it")


def _moment(option: str, told: str | None) -> int | None:
    try:
        return None if told is None else moment(told)
    except ValueError:
        _wrong(
            f"{option} {told}: expected RFC 3339 with an offset, such as 2026-03-01T14:30:00+01:00"
        )


def _wrong(message: str) -> NoReturn:
    """Say what has no meaning, and end with exit code 2."""
    tell(message)
    raise typer.Exit(2)
