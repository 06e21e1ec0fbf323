"""`howcanwe insights`: prints figures."""

from typing import Annotated, Final

import typer

from events.vocabulary.terms import Mode, ParticipationLevel
from events.vocabulary.values.language_tags import is_language
from events.vocabulary.values.times import moment
from projections.insights.answers import ARGUMENTS, NEEDING, ORDER, QUALIFYING, FigureArguments
from projections.insights.perspective.scope import Scope
from service.commands.console.insight_answers import InsightRequest, figures_of
from service.commands.console.insight_tables import as_csv, as_json, as_tables
from service.commands.console.options import (
    AnswerFormat,
    Data,
    DatabaseUrl,
    Format,
    Key,
    refuse,
    report,
    sentences,
    settings_from,
)
from service.commands.console.source import AsOf, SourceAddress, Viewer, source_at
from service.commands.console.standard_output import quiet_pipe

_FORMS: Final = {
    AnswerFormat.JSON: as_json,
    AnswerFormat.CSV: as_csv,
    AnswerFormat.TABLE: as_tables,
}
_OPTIONS: Final = {
    "organisation": "--of-organisation",
    "themes": "--of-theme",
    "mode": "--mode",
    "level": "--level",
    "question": "--question",
    "text": "--text",
    "language": "--language",
}
"""The option of each argument of a figure."""

Keys = list[str] | None


def insights(
    source: SourceAddress = None,
    *,
    key: Key = None,
    at: Annotated[
        str | None, typer.Option(help="As of this moment (RFC 3339). [default: now]")
    ] = None,
    as_of: AsOf = None,
    cohort: Annotated[Keys, typer.Option(help="Only this cohort. Can be repeated.")] = None,
    organisation: Annotated[
        Keys, typer.Option(help="Only this organisation. Can be repeated.")
    ] = None,
    sector: Annotated[
        Keys, typer.Option(help="Only organisations of this sector. Can be repeated.")
    ] = None,
    theme: Annotated[
        Keys, typer.Option(help="Only subjects with this theme. Can be repeated.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Only from this time on (RFC 3339).")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Only before this time (RFC 3339).")] = None,
    figure: Annotated[
        Keys, typer.Option(help="Only the figure with this name. Can be repeated.")
    ] = None,
    of_organisation: Annotated[
        str | None,
        typer.Option(
            help="For learningReach, modesTried, rhythm and costOfLearning: the organisation."
        ),
    ] = None,
    of_theme: Annotated[
        Keys,
        typer.Option(
            help="For triedBefore: a theme of the iteration. Can be repeated; any of them matches."
        ),
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="For triedBefore: a mode of participation.")
    ] = None,
    level: Annotated[
        ParticipationLevel | None,
        typer.Option(help="For triedBefore: the planned level of participation."),
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="For similarQuestions: the key of a question.")
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="For similarQuestions: the text of a question.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="For similarQuestions: the language of the text. [default: en]"),
    ] = None,
    viewer: Viewer = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the definition of each figure too.")
    ] = False,
    format: Format = AnswerFormat.TABLE,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print the figures of the insights, with full precision, each with its moment, scope and units.

    The options --cohort to --to set the scope of all figures. The options --of-organisation, --of-theme, --mode,
    --level, --question, --text and --language are arguments of single figures. A figure that needs an argument is
    printed only if the argument is given. A server computes the figures from what the key may see.
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
        language=language,
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
        refuse(f"--to {to}: expected a moment after --from")
    request = InsightRequest(names, scope, asked, as_of, _moment("--at", at))
    with sentences(), source_at(source, key, settings, viewer) as opened:
        found = figures_of(opened, viewer).answers(request)
    if any(answer.partial for answer in found):
        report("some events of these cohorts are hidden from this viewer")
    with quiet_pipe():
        _FORMS[format](found, explain=explain)


def _names(given: Keys) -> frozenset[str] | None:
    if not given:
        return None
    for name in given:
        if name not in ORDER:
            refuse(f"--figure {name}: expected one of {', '.join(ORDER)}")
    return frozenset(given)


def _check(names: frozenset[str] | None, asked: FigureArguments) -> None:
    """End with exit code 2 if a figure lacks an argument, no figure takes an argument, or two exclude each other."""
    if asked.question is not None and asked.text is not None:
        refuse("--question and --text exclude each other: similarQuestions takes one of them")
    if asked.language is not None and not is_language(asked.language):
        refuse(f"--language {asked.language}: expected a BCP 47 language tag, such as cy or de-AT")
    if asked.language is not None and asked.text is None:
        refuse("--language is the language of --text, which is missing")
    if names is None:
        return
    for name in sorted(names & NEEDING):
        if asked.arguments(name) is None:
            options = ", ".join(
                _OPTIONS[argument] for argument in ARGUMENTS[name] if argument not in QUALIFYING
            )
            refuse(f"--figure {name}: expected one of its arguments: {options}")
    taken = {argument for name in names for argument in ARGUMENTS.get(name, ())}
    for argument, option in _OPTIONS.items():
        if getattr(asked, argument) not in (None, ()) and argument not in taken:
            refuse(f"{option}: none of the chosen figures takes it")


def _moment(option: str, text: str | None) -> int | None:
    try:
        return None if text is None else moment(text)
    except ValueError:
        refuse(
            f"{option} {text}: expected RFC 3339 with an offset, such as 2026-03-01T14:30:00+01:00"
        )
