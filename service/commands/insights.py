"""`howcanwe insights`."""

import asyncio
from enum import StrEnum
from typing import Annotated, Final

import typer

from events.log import EventLog, now_us
from events.moments import moment
from events.senders import Role
from events.terms import Mode, ParticipationLevel
from projections.insights.asking import ORDER, Asked
from projections.insights.ledger import Ledger
from projections.insights.partiality import is_partial
from projections.insights.scope import Scope
from projections.insights.viewer import Viewer
from service.commands.figures import as_csv, as_json, as_tables
from service.commands.options import Data, DatabaseUrl, sentences, settings_from, tell
from service.database import database
from service.insights import Insights


class Format(StrEnum):
    """How figures are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


_FORMS: Final = {Format.JSON: as_json, Format.CSV: as_csv, Format.TABLE: as_tables}
_KEYED: Final = {Role.FACILITATOR, Role.ORGANISATION}

Keys = list[str] | None


def insights(
    at: Annotated[
        str | None, typer.Option(help="Up to this moment (RFC 3339); now, where none is given.")
    ] = None,
    as_of: Annotated[
        int | None, typer.Option(min=0, help="Only what the log held up to this position.")
    ] = None,
    cohort: Annotated[Keys, typer.Option(help="Only of this cohort. Repeated: of any.")] = None,
    organisation: Annotated[
        Keys,
        typer.Option(
            help="Only of this organisation. Repeated: of any. One alone is asked about by learningReach, modesTried,"
            " rhythm and costOfLearning too."
        ),
    ] = None,
    sector: Annotated[Keys, typer.Option(help="Only of organisations of this sector.")] = None,
    theme: Annotated[Keys, typer.Option(help="Only things with this theme.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Only things from this time on (RFC 3339).")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Only things before this time (RFC 3339).")] = None,
    figure: Annotated[Keys, typer.Option(help="Only this figure, by its name. Repeated.")] = None,
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
        str,
        typer.Option(
            help="Who looks: facilitator (of everything), facilitator:C1,C2, organisation:KEY, analyst or public.",
            metavar="ROLE[:KEY]",
        ),
    ] = "facilitator",
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.TABLE,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print the figures of the insights, exactly, as a viewer may see them.

    A figure with an argument is printed when its argument is given; triedBefore takes --theme, too.
    """
    settings = settings_from(data=data, database_url=database_url)
    who = _viewer(viewer)
    names = _names(figure)
    scope = Scope(
        cohorts=frozenset(cohort or ()),
        organisations=frozenset(organisation or ()),
        sectors=frozenset(sector or ()),
        themes=frozenset(theme or ()),
        from_us=_moment("--from", from_),
        to_us=_moment("--to", to),
    )
    asked = Asked(
        mode=mode,
        level=level,
        themes=tuple(theme or ()),
        organisation=organisation[0] if organisation and len(organisation) == 1 else None,
        question=question,
        text=text,
    )
    at_us = _moment("--at", at)
    with sentences(), database(settings, begin=False) as (url, _):
        ledger = asyncio.run(_filled(url))
        if as_of is not None and as_of > ledger.position:
            tell(f"--as-of {as_of}: the log goes up to {ledger.position}")
            raise typer.Exit(1)
        view = ledger.view(who, scope, at_us=now_us() if at_us is None else at_us, as_of=as_of)
        found = ledger.answer(view, names, asked)
        if is_partial(view):
            tell("something in scope is hidden from this viewer")
    _FORMS[format](found)


async def _filled(url: str) -> Ledger:
    async with await EventLog.open(url) as log:
        return await Insights(log).caught_up()


def _viewer(told: str) -> Viewer:
    name, separator, keys = told.partition(":")
    try:
        role = Role(name)
        named = [key for key in keys.split(",") if key]
        if bool(separator) != bool(named) or (named and role not in _KEYED):
            raise ValueError
        if role is Role.ORGANISATION:
            [organisation] = named
            return Viewer(role, organisation=organisation)
        return Viewer(role, cohorts=frozenset(named))
    except ValueError:
        tell(
            f"--viewer {told}: expected facilitator, facilitator:COHORT,…, organisation:KEY, analyst or public"
        )
        raise typer.Exit(2) from None


def _names(told: Keys) -> frozenset[str] | None:
    if not told:
        return None
    for name in told:
        if name not in ORDER:
            tell(f"--figure {name}: expected one of {', '.join(ORDER)}")
            raise typer.Exit(2)
    return frozenset(told)


def _moment(option: str, told: str | None) -> int | None:
    try:
        return None if told is None else moment(told)
    except ValueError:
        tell(
            f"{option} {told}: expected RFC 3339 with an offset, such as 2026-03-01T14:30:00+01:00"
        )
        raise typer.Exit(2) from None
