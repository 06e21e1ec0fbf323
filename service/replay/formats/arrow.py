"""An Arrow stream: the schema, a record batch a page, an end. Read by anything that knows Arrow, without a copy."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from events.vocabulary.catalogue import Catalogue
from service.replay.cohorts import CohortIndex
from service.replay.formats.columns import Columns

MEDIA_TYPE: Final = "application/vnd.apache.arrow.stream"
_END: Final = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def is_ended(path: Path) -> bool:
    """Say whether a file ends as a whole stream does."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - len(_END), 0))
        return file.read() == _END


class Arrow:
    """The columns of `formats.columns` as messages, each of which stands for itself: one can go on behind any."""

    def __init__(self, catalogue: Catalogue, cohorts: CohortIndex) -> None:
        self._columns = Columns(catalogue, cohorts)

    def head(self) -> bytes:
        """Return the schema's message."""
        return bytes(self._columns.schema.serialize())

    def page(self, lines: bytes) -> bytes:
        """Return the lines' messages."""
        batches: list[Any] = self._columns.table(lines).to_batches()
        return b"".join(bytes(batch.serialize()) for batch in batches)

    def tail(self) -> Iterable[bytes]:
        """Return the mark that ends a stream: a stream without it was cut."""
        return (_END,)
