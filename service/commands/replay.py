"""`howcanwe replay`: exports, follows or folds a log."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.console.export_options import (
    Reader,
    chosen_format,
    chosen_partition,
    refuse_beside_reconcile,
    refuse_beside_topic,
)
from service.commands.console.fold_option import (
    Folding,
    FoldOption,
    refuse_beside_fold,
    refuse_without_fold,
)
from service.commands.console.options import Data, DatabaseUrl, Key, sentences, settings_from
from service.commands.console.source import SourceAddress, address_of, source_at
from service.commands.console.standard_output import STANDARD_OUTPUT
from service.commands.replay_run import Consumer, Run
from service.replay.cluster.engine import Engine
from service.replay.export_format import ExportFormat
from service.replay.kafka.address import TopicAddress
from service.replay.log import ReplayLog
from service.replay.manifests.manifest import named


def replay(
    source: SourceAddress = None,
    *,
    form: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format", help="The output format. [default: by the name of --out, else ndjson]"
        ),
    ] = None,
    out_: Annotated[
        str | None,
        typer.Option(
            "--out",
            help="The file to write (.gz and .zst compress NDJSON and CSV), a folder for Parquet, a topic: "
            "kafka://BROKER:PORT/TOPIC, or - for standard output, which is the default.",
        ),
    ] = None,
    key: Key = None,
    after: Annotated[
        int | None, typer.Option(min=0, help="Only events after this position.")
    ] = None,
    through: Annotated[
        int | None, typer.Option(min=0, help="Only events up to this position.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Only events at or after this time (RFC 3339), or this day in UTC."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(help="Only events before this time (RFC 3339), or this day in UTC."),
    ] = None,
    stream_: Annotated[
        list[str] | None,
        typer.Option("--stream", help="Only events of this stream. Can be repeated."),
    ] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Only events of this type. Can be repeated.")
    ] = None,
    follow_: Annotated[
        bool, typer.Option("--follow", help="Continue with each new event, until interrupted.")
    ] = False,
    reader: Annotated[
        Reader | None,
        typer.Option(
            "--for", help="Write CSV that people open with a spreadsheet program, for reading only."
        ),
    ] = None,
    partition: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMNS",
            help="Write Parquet in a folder for each cohort and month: cohort,month, or one of them.",
        ),
    ] = None,
    consumer: Annotated[
        str | None,
        typer.Option(
            help="Continue where the last replay with this consumer name stopped; a server stores its position."
        ),
    ] = None,
    reconcile: Annotated[
        bool,
        typer.Option(
            "--reconcile",
            help="Also fetch earlier events that the key may read by now, and drop those that it no longer may.",
        ),
    ] = False,
    fold: Annotated[
        FoldOption | None,
        typer.Option(
            help="Fold the whole log into the read models of journeys, and print their digest."
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            help="Where to fold: in this process (local), in several processes, or on Dask workers. auto chooses by "
            "the size of the log and reports why."
        ),
    ] = Engine.AUTO,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="The address of a running Dask scheduler. [default: a new local cluster]"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The number of processes, or of workers of the local cluster. [default: one per core]",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Continue the fold from the state in this file, and keep the new state in it."
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Export events to a file, a folder or standard output.

    Rerun the command to resume after an interruption. A manifest is written beside the file, and `howcanwe verify FILE`
    checks the file against it. With --fold, --out is a folder at any address that fsspec supports; it gets a folder of
    Parquet files for each read model.
    """
    settings = settings_from(data=data, database_url=database_url)
    folding = Folding(engine, scheduler, workers, state)
    with sentences():
        if fold is not None:
            chosen = {
                "--format": form,
                "--after": after,
                "--through": through,
                "--from": from_,
                "--to": to,
                "--stream": stream_,
                "--type": type_,
                "--follow": follow_ or None,
                "--consumer": consumer,
                "--reconcile": reconcile or None,
                "--for": reader,
                "--partition": partition,
            }
            refuse_beside_fold(name for name, value in chosen.items() if value is not None)
            # Imported here, as an export needs none of what folds.
            from service.commands.replay_fold import folded

            with address_of(source, key, settings) as address:
                typer.echo(folded(folding, address, key, out_))
            return
        refuse_without_fold(folding)
        if out_ == STANDARD_OUTPUT:
            out_ = None
        topic = TopicAddress.parsed(out_) if out_ is not None else None
        if topic is not None:
            refuse_beside_topic(form, reader, partition)
        out = named(Path(out_)) if out_ is not None and topic is None else None
        form = chosen_format(form, reader, out, follow=follow_)
        columns = chosen_partition(partition, form)
        if reconcile:
            refuse_beside_reconcile(form, out, topic=topic is not None, follow=follow_)
        with source_at(source, key, settings) as opened:
            selected = ReplayLog(opened).select(
                after=after,
                through=through,
                stream=stream_ or (),
                type=type_ or (),
                from_=from_,
                to=to,
            )
            run = Run(
                opened,
                form,
                out,
                selected.selection,
                Consumer.of(opened, consumer),
                columns,
                reconcile=reconcile,
            )
            if topic is not None:
                run.to_topic(topic, follow=follow_)
            else:
                run.follow() if follow_ else run.once()
