"""The Python interface: the names of `howcanwe`, by what they are for."""

from collections.abc import Mapping, Sequence
from typing import Final

from docs.reference.markdown import page

NAMES: Final[Mapping[str, Sequence[str]]] = {
    "Use a server": (
        "Client",
        "AsyncClient",
        "NewEvent",
        "BatchResult",
        "RefusedEvent",
        "Validated",
        "Retries",
    ),
    "Errors of a client": ("ClientError", "Problem", "Unreachable", "QueryFailed"),
    "Replay events": ("open_log", "ReplayLog", "ReplayedEvent", "LogTables", "LogTable"),
    "Fold events into rows": (
        "fold",
        "Projection",
        "on",
        "on_each",
        "Step",
        "Key",
        "Row",
        "Tables",
        "PROJECTIONS",
        "journey_as_of",
    ),
    "Use a log": ("EventLog", "Selection", "Recorded", "Receipt", "Advice", "Fault"),
    "Errors of a log": (
        "EventsError",
        "Refused",
        "Unavailable",
        "OutcomeUnknown",
        "UnknownType",
        "NoMasterKey",
        "WrongMasterKey",
        "ServerTooOld",
        "SchemaTooNew",
    ),
    "Errors of a replay or a fold": (
        "ReplayError",
        "SourceLost",
        "PackageMissing",
        "NotWhole",
        "Diverged",
        "Undigested",
    ),
}
"""What is public, under the headings of the page."""

INTRODUCTION: Final = """Programs import these names from `howcanwe`, in an environment where the
distribution `howcanwe` is installed. Names that are not listed here may change with any release. The
distribution also has the import packages `events`, `projections` and `service`, so these names are taken.

```python
from howcanwe import Client, EventLog, Projection, fold, on, open_log
from howcanwe.vocabulary import LearningCaptured, Loop
```

`howcanwe.vocabulary` has a class for each [event type](vocabulary.md) and for each list of terms, named as in
`LearningCaptured` for `learning.captured`. `help(LearningCaptured)` shows when to use it and what each field
asks, with an example. The package has type annotations (`py.typed`). Importing it starts
nothing, needs no extra, and loads a name only when it is used."""

_SHOWN: Final = """::: howcanwe.{name}
    options:
      heading_level: 3
      show_root_heading: true
      show_root_full_path: false
      inherited_members: true"""


def written() -> str:
    """Return the page of the Python interface, for mkdocstrings to fill."""
    return page("Python", INTRODUCTION, *(_section(title) for title in NAMES))


def _section(title: str) -> str:
    return "\n\n".join((f"## {title}", *(_SHOWN.format(name=name) for name in NAMES[title])))
