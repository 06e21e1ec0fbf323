"""`howcanwe report`: writes the report of a cohort, or of a time, as one HTML file or as Markdown."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from service.commands.console.options import (
    Data,
    DatabaseUrl,
    Key,
    refuse,
    report,
    sentences,
    settings_from,
)
from service.commands.console.source import AsOf, SourceAddress, Viewer, source_at
from service.commands.console.standard_output import STANDARD_OUTPUT, quiet_pipe
from service.commands.reporting.evidence import evidence_of
from service.pages.figures import document
from service.pages.figures.document.content import report as report_of
from service.pages.figures.document.definition import Definition, UnreadableReport, read
from service.pages.figures.document.form import Form, written
from service.pages.frame.language import languages
from service.replay.errors import ReplayError
from service.replay.manifests.replacing import replace

EXAMPLE: Final = "example.toml"

Text = str | None


def write(
    source: SourceAddress = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write, .html or .md; - is standard output, the default."),
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="The form. [default: by the name of --out, else html]"),
    ] = None,
    definition: Annotated[
        Path | None,
        typer.Option(
            "--definition",
            metavar="report.toml",
            help="A file that says what is in the report. The options below take precedence over it.",
        ),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Print such a file, with explanations, and end.")
    ] = False,
    cohort: Annotated[
        list[str] | None,
        typer.Option(
            help="The cohort. Can be repeated. [default: everything that the viewer sees]"
        ),
    ] = None,
    cohorts_from: Annotated[
        Text, typer.Option(help="Instead of --cohort: all cohorts that start from this day on.")
    ] = None,
    cohorts_to: Annotated[
        Text, typer.Option(help="Instead of --cohort: all cohorts that start before this day.")
    ] = None,
    organisation: Annotated[
        Text, typer.Option(metavar="KEY", help="Only what is this organisation's.")
    ] = None,
    from_: Annotated[
        Text, typer.Option("--from", help="Only from this day (UTC) or moment on.")
    ] = None,
    to: Annotated[Text, typer.Option(help="Only before this day (UTC) or moment.")] = None,
    at: Annotated[
        Text,
        typer.Option(
            help="As of the end of this day (UTC), or of this moment. [default: the last day with a record]"
        ),
    ] = None,
    title: Annotated[Text, typer.Option(help="The title. [default: that of the cohort]")] = None,
    language: Annotated[Text, typer.Option(help="en or de. [default: en]")] = None,
    links: Annotated[
        Text,
        typer.Option(
            metavar="URL",
            help="The address of a server whose pages records are linked to. [default: the source, if it is one]",
        ),
    ] = None,
    key: Key = None,
    viewer: Viewer = None,
    as_of: AsOf = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a report: figures with their definitions and charts, numbers over time, tables, and the records counted.

    The HTML is one file without scripts, to read, to send and to print. The same log gives the same bytes, whether it
    is read from a database, from an exported file or from a server.
    """
    settings = settings_from(data=data, database_url=database_url)
    if out is not None and str(out) == STANDARD_OUTPUT:
        out = None
    if example:
        typer.echo((files(document) / EXAMPLE).read_text("utf-8"), nl=False)
        return
    options = {
        "cohorts": cohort,
        "cohorts_from": cohorts_from,
        "cohorts_to": cohorts_to,
        "organisation": organisation,
        "from": from_,
        "to": to,
        "at": at,
        "title": title,
        "language": language,
    }
    with sentences():
        defined = _definition(definition, options)
        chosen = _form(form, out)
        server = None if links is None else _server(links)
        with source_at(source, key, settings, viewer) as opened:
            evidence = evidence_of(opened, viewer=viewer, as_of=as_of, server=server)
            made = report_of(defined, evidence, languages()[defined.language])
            text = written(made, chosen)
            if made.is_partial:
                report("some events of these cohorts are hidden from this viewer")
            if out is None:
                with quiet_pipe():
                    typer.echo(text, nl=False)
            else:
                _write(out, text)


def _definition(path: Path | None, options: Mapping[str, Any]) -> Definition:
    """Return the definition in a file with what the options say; with faults, end with exit code 2."""
    given: dict[str, Any] = {}
    try:
        if path is not None:
            given |= read(path.read_text("utf-8"))
        return Definition.of(given | {name: one for name, one in options.items() if one})
    except UnreadableReport as error:
        for fault in error.faults:
            report(fault if path is None else f"{path}: {fault}")
        raise typer.Exit(2) from None
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{path} cannot be read: {error}")


def _form(given: Form | None, out: Path | None) -> Form:
    named = None if out is None else Form.of_suffix(out.suffix)
    if out is not None and named is None and given is None:
        refuse(f"{out}: expected a name that ends in .html or .md, or --format")
    if given is not None and named not in (None, given):
        refuse(f"{out} is not the name of a file in {given.value}")
    return given or named or Form.HTML


def _server(links: str) -> str:
    parts = urlsplit(links)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        refuse(f"--links {links}: expected an address such as https://howcanwe.example")
    return links


def _write(out: Path, text: str) -> None:
    """Write the file; afterwards it is whole, or as it was before. Raises ReplayError."""
    try:
        replace(out, text.encode())
    except OSError as error:
        raise ReplayError(f"{out} cannot be written: {error}") from None
