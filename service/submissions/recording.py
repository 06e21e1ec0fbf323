"""Records the events of a submission, or judges them. The route of hooks and the command `howcanwe hooks` call it."""

from collections.abc import Sequence
from typing import Any

from events.access.principal import Principal
from events.lines.candidate import Candidate
from events.log import EventLog
from events.recording.envelope import Malformed
from events.recording.request import RequestOutcome, Whole
from events.vocabulary.faults import Fault, Refused
from service.submissions.events import Outcome
from service.submissions.mapping import Mapping


async def record(
    log: EventLog, mapping: Mapping, made: Outcome, sender: Principal, *, dry: bool = False
) -> RequestOutcome:
    """Record the events of a submission, all or none; `dry` only judges them.

    Raises Refused with all faults, which say from which answer a value comes.
    """
    candidates: list[Candidate | Malformed] = []
    for one in made.events:
        checked = log.check(one.content, sender)
        if one.faults:
            checked = _malformed(one.faults, checked, one.content)
        candidates.append(checked)
    try:
        return await log.record(candidates, sender=sender, dry=dry, whole=_whole(mapping, made))
    except Refused as refused:
        explained = [
            fault if fault.index is None else made.events[fault.index].explained(fault)
            for fault in refused.faults
        ]
        raise Refused(explained) from None


def _whole(mapping: Mapping, made: Outcome) -> Whole:
    """Return what a submission is made of. Of an event that was recorded before, its content is compared by the log."""
    ids = (one.content["id"] for one in made.events)
    return Whole(
        frozenset((mapping.source, id_) for id_ in ids),
        frozenset((mapping.source, id_) for id_ in (*made.left_out, *made.beyond)),
    )


def _malformed(faults: Sequence[Fault], checked: Candidate | Malformed, raw: Any) -> Malformed:
    """Return the faults of an event, those that it has already and those of its form elsewhere."""
    if isinstance(checked, Malformed):
        known = {fault.pointer for fault in faults}
        others = [fault for fault in checked.faults if fault.pointer not in known]
        return Malformed([*faults, *others], checked.creates, raw)
    created = (mention.stream for mention in checked.event.mentions if mention.creates)
    return Malformed(faults, frozenset(created), raw)
