"""Phones of a workshop: guests who record through forms, over lines that break, until they know that it was recorded.

What somebody does whose line breaks: they send the same form again. Some send it twice although it did not break, and
some give up.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from events.lines.recorded import Recorded
from service.access.signing_in.cookies import LOOPBACK
from service.pages.frame.forms import FORM
from service.pages.record.reading import ID, SOURCE
from tests.processes import PATIENCE_S
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader
from tests.service.serving import answer

AGAIN_S: Final = 0.5
HOST: Final = "127.0.0.1"
BROKEN: Final = (OSError, EOFError, TimeoutError)
KINDS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "note.added": {"about": ["cohort/heritage"]},
    "help.asked": {},
    "failure.recorded": {
        "intended": ["A quiet opening."],
        "why": ["The gate was locked."],
        "degree": ["outright_failure"],
        "for_whom": ["staff", "citizens"],
    },
}
"""What the phones record, each with what is not different every time."""
WORDS: Final = {"note.added": "text", "help.asked": "text", "failure.recorded": "actual"}
"""The field of each with the phone's own words."""

Fields = Mapping[str, Sequence[str]]


class Answer(NamedTuple):
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    body: str


class Settled(NamedTuple):
    """A form that was answered: the id of its event, its words, and where the answer led to."""

    id: str
    words: str
    position: int


@dataclass(slots=True)
class Phone:
    """A guest. `settled` are their forms that were answered, in order; `undone` those that they took back.

    `given_up` has the ids of forms of which they do not know whether they were recorded.
    """

    number: int
    port: int
    random: Random
    cohort: str
    secret: str = ""
    settled: list[Settled] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)
    broken: int = 0
    repeated: int = 0

    async def joins(self, code: str) -> None:
        """Redeem the code of the workshop."""
        found = await self._until_answered("POST", "/sign-in", {"invitation": [code]})
        assert found.status == 303, found
        self.secret = found.headers["set-cookie"].partition("=")[2].partition(";")[0]

    async def records(self) -> None:
        """Fill in one form and send it; sometimes take it back at once."""
        kind = self.random.choice(list(KINDS))
        path = f"/record/{kind}"
        shown = await self._until_answered("GET", f"{path}?cohort={self.cohort}")
        form = FormReader(shown.body).values
        words = f"The {len(self.settled)}th of phone {self.number}, {self.random.random()}."
        sent = {**form, **KINDS[kind], WORDS[kind]: [words]}
        [id_] = form[ID]
        done = await self._send(path, sent)
        if done is None:
            self.given_up.add(id_)
            return
        position = _position(done)
        self.settled.append(Settled(id_, words, position))
        if self.random.random() < 0.1:
            await self._undo(id_, f"/record/done/{position}")
        elif self.random.random() < 0.2:
            self.repeated += 1
            # They go back and press again, twice.
            again = await asyncio.gather(*(self._send(path, sent, patient=True) for _ in range(2)))
            assert [one and _position(one) for one in again] == [position, position]

    async def _undo(self, id_: str, path: str) -> None:
        shown = await self._until_answered("GET", path)
        form = FormReader(shown.body, "/record/done/").values
        done = await self._send(path, form)
        (self.given_up if done is None else self.undone).add(f"{id_}-undo")

    async def _send(self, path: str, form: Fields, *, patient: bool = False) -> Answer | None:
        """Send a form until it is answered; None for who gives up before."""
        while True:
            found = await self._try("POST", path, form)
            if found is not None and found.status != 503:
                assert found.status == 303, (found.status, PageReader(found.body).text)
                return found
            if not patient and self.random.random() < 0.1:
                return None
            await asyncio.sleep(AGAIN_S)

    async def _until_answered(self, method: str, path: str, form: Fields | None = None) -> Answer:
        while True:
            found = await self._try(method, path, form, breaks=False)
            if found is not None and found.status != 503:
                assert found.status in (200, 303), (method, path, found.status, found.body)
                return found
            await asyncio.sleep(AGAIN_S)

    async def _try(
        self, method: str, path: str, form: Fields | None = None, *, breaks: bool = True
    ) -> Answer | None:
        """Send a request over a line of its own; None if the line broke."""
        request = self._request(method, path, form)
        sent = len(request)
        is_cut = breaks and self.random.random() < 0.2
        if is_cut and self.random.random() < 0.5:
            sent = self.random.randrange(1, len(request))
        try:
            reader, writer = await asyncio.open_connection(HOST, self.port)
            try:
                writer.write(request[:sent])
                await writer.drain()
                if is_cut:
                    self.broken += 1
                    # The answer is on its way, or not yet.
                    await asyncio.sleep(self.random.random() * AGAIN_S)
                    return None
                async with asyncio.timeout(PATIENCE_S):
                    status, headers, body = await answer(reader)
                return Answer(status, headers, body.decode())
            finally:
                writer.close()
        except BROKEN:
            # Nobody waits for ever, either.
            self.broken += 1
            return None

    def _request(self, method: str, path: str, form: Fields | None) -> bytes:
        body = urlencode([(name, one) for name, all_ in (form or {}).items() for one in all_])
        lines = [
            f"{method} {path} HTTP/1.1",
            f"host: {HOST}:{self.port}",
            "accept: text/html",
            "sec-fetch-site: same-origin",
            "connection: close",
            f"content-type: {FORM}",
            f"content-length: {len(body)}",
            *([f"cookie: {LOOPBACK}={self.secret}"] if self.secret else []),
        ]
        return "\r\n".join([*lines, "", body]).encode()


def _position(found: Answer) -> int:
    """Return the position of what was recorded; after an undo the address names it."""
    return int(found.headers["location"].partition("?")[0].rpartition("/")[2])


def check(phones: Sequence[Phone], log: Sequence[Recorded]) -> None:
    """Check that each answered form is in the log once, as it was sent and where the answer led to, and no other.

    What a phone recorded has the order in which it did so.
    """
    found = [one for one in log if one.content["source"] == SOURCE]
    at = {str(one.content["id"]): one for one in found}
    assert len(at) == len(found), "a form was recorded twice"
    actors: set[str] = set()
    for phone in phones:
        assert UUID(phone.settled[0].id).version == 4
        positions = [one.position for one in phone.settled]
        assert positions == sorted(positions), f"phone {phone.number} is out of order"
        lost = ({one.id for one in phone.settled} | {*phone.undone}) - at.keys()
        assert not lost, f"answered and lost: {lost}"
        for one in phone.settled:
            recorded = at[one.id]
            assert recorded.position == one.position
            assert one.words in recorded.content["data"].values()
        own = {str(at[one.id].content["actor"]) for one in phone.settled}
        assert len(own) == 1
        actors |= own
    assert len(actors) == len(phones)
    known = {one.id for phone in phones for one in phone.settled}
    known |= {id_ for phone in phones for id_ in phone.undone | phone.given_up}
    assert at.keys() <= known, "something was recorded that nobody sent"
