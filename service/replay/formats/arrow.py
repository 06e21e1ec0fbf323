"""Arrow streams: the schema, a record batch for each page, and an end. Arrow tools read them without copying."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from events.vocabulary.catalogue import Catalogue
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.formats.columns import Columns

MEDIA_TYPE: Final = "application/vnd.apache.arrow.stream"
_END: Final = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def is_ended(path: Path) -> bool:
    """Return whether a file ends with the end mark of a stream."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - len(_END), 0))
        return file.read() == _END


class Arrow:
    """Writes the columns of `formats.columns` as messages that do not depend on each other, so an export can resume."""

    def __init__(self, catalogue: Catalogue, cohorts: CohortIndex, amendments: Amendments) -> None:
        self._columns = Columns(catalogue, cohorts, amendments)

    def head(self) -> bytes:
        """Return the schema's message."""
        return bytes(self._columns.schema.serialize())

    def page(self, lines: bytes) -> bytes:
        """Return the messages of the lines."""
        batches: list[Any] = self._columns.table(lines).to_batches()
        return b"".join(bytes(batch.serialize()) for batch in batches)

    def tail(self) -> Iterable[bytes]:
        """Return the end mark of a stream; a stream without it is truncated."""
        return (_END,)
