"""What the notebooks read: the tables of a log, and the line that says in a picture where they are from.

It stands beside the notebooks, where scripts and Jupyter find it.
"""

import os
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from howcanwe import LogTables, ReplayError, open_log

os.environ.setdefault(
    "MPLBACKEND", "agg"
)  # A script opens no window. Jupyter has set what it shows.


@dataclass(frozen=True)
class Reading:
    """The tables of a log. `option` is the second argument of the notebook."""

    tables: LogTables
    option: str
    credit: str
    """A line with the source, its last position, the viewer, and the date of today."""


def read(source: str, option: str, usage: str) -> Reading:
    """Return the tables of the log at `source`. If it is empty, the command line has it, and maybe the option.

    Ends the program with exit code 2 if no source is given, and with 1 if it cannot be read.
    """
    if not source:
        given = sys.argv[1:]
        if len(given) not in (1, 2) or given[0].startswith("-"):
            print(_USAGE.format(usage), file=sys.stderr)
            sys.exit(2)
        source, option = [*given, option][:2]
    try:
        with open_log(source) as log:
            tables = log.tables()
    except ReplayError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(1)
    return Reading(tables, option, _credit(source, tables))


_USAGE = """\
usage: python notebooks/{}

SOURCE is a server's URL (with a key in HOWCANWE_KEY), a database's URL, or an exported file.
In a notebook, write it into the second cell."""


def _credit(source: str, tables: LogTables) -> str:
    today = date.today()
    return (
        f"Source: {_public(source)} up to position {tables.position:,}. Viewer: {tables.viewer}. "
        f"Drawn on {today.day} {today:%B %Y}."
    )


def _public(source: str) -> str:
    """Return the source without what is nobody's business: the user, the password, and options of the connection."""
    url = urlsplit(source)
    if "://" not in source:
        return Path(source).name
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.hostname or ''}{port}{url.path.rstrip('/')}"
