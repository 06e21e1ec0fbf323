"""`howcanwe rebuild`, `digest` and `read-models` on a database of their own."""

from typing import Any

from events.log import EventLog
from tests.processes import run
from tests.projections.stories import published


def on(url: str, *arguments: str) -> tuple[int, str, str]:
    done: Any = run(*arguments, "--database-url", url)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


async def test_a_rebuild_can_be_done_again_and_every_digest_is_the_same(
    log: EventLog, database_url: str
) -> None:
    await log.append(published())
    head = await log.head()
    first = on(database_url, "rebuild")
    assert (first[0], first[1].split()[1]) == (0, str(head))
    assert on(database_url, "rebuild") == first
    digests = {on(database_url, "digest", *way)[1] for way in ((), ("--rebuild",), ("--memory",))}
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64
    code, listed, _ = on(database_url, "read-models")
    [heading, row] = [line.split("\t") for line in listed.splitlines()]
    assert (code, heading[0]) == (0, "schema")
    assert (row[0], row[2], row[3], row[5]) == (first[1].split()[0], str(head), "0", "no")
    assert on(database_url, "read-models", "prune")[:2] == (0, "")


def test_two_ways_at_once_are_wrong_usage(database_url: str) -> None:
    code, out, err = on(database_url, "digest", "--rebuild", "--memory")
    assert (code, out) == (2, "")
    assert "exclude each other" in err
