"""The options of commands that read the tables of a log."""

from typing import Annotated

import typer

Key = Annotated[str | None, typer.Option(help="Key for a server. [env: HOWCANWE_KEY]")]
Viewer = Annotated[
    str | None,
    typer.Option(
        help="For a database or a file, the viewer: facilitator (unrestricted), facilitator:C1,C2,"
        " organisation:KEY, evaluator:C1,C2, analyst or public. [default: facilitator]",
        metavar="ROLE[:KEY]",
    ),
]
AsOf = Annotated[
    int | None, typer.Option(min=0, help="As of this position of the log. [default: the last]")
]
