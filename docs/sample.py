"""The sample cohort as the log keeps it, for the pages that show what follows from it."""

from collections.abc import Iterator

import orjson

from service.samples import demo


def lines() -> Iterator[bytes]:
    """Yield the sample cohort's lines, recorded in its order, each at the time that it happened."""
    for position, line in enumerate(demo.lines(), start=1):
        sent = orjson.loads(line)
        kept = {"actor": sent["source"], **sent, "position": position, "recordedtime": sent["time"]}
        yield orjson.dumps(kept)
