"""Records the events of a submission, or judges them. The route of hooks and the command `howcanwe hooks` call it."""

from collections.abc import Sequence
from typing import Any, Final

from events.access.principal import Principal
from events.lines.candidate import Candidate
from events.log import EventLog
from events.recording.envelope import Malformed
from events.recording.request import RequestOutcome
from events.vocabulary.faults import Fault, Refused
from service.submissions.events import Outcome
from service.submissions.mapping import Mapping

_CHANGED: Final = (
    "This submission was recorded before, with other events; a recorded event is not changed. Expected the same"
    " submission again, or one with a new id."
)


async def record(
    log: EventLog, mapping: Mapping, made: Outcome, sender: Principal, *, dry: bool = False
) -> RequestOutcome:
    """Record the events of a submission, all or none; `dry` only judges them.

    Raises Refused with all faults, which say from which answer a value comes.
    """
    await _unless_changed(log, mapping, made)
    candidates: list[Candidate | Malformed] = []
    for one in made.events:
        checked = log.check(one.content, sender)
        if one.faults:
            checked = _malformed(one.faults, checked, one.content)
        candidates.append(checked)
    try:
        return await log.record(candidates, sender=sender, dry=dry)
    except Refused as refused:
        explained = [
            fault if fault.index is None else made.events[fault.index].explained(fault)
            for fault in refused.faults
        ]
        raise Refused(explained) from None


async def _unless_changed(log: EventLog, mapping: Mapping, made: Outcome) -> None:
    """Return if all of these events are recorded, or none, and none of those left out or beyond. Raises Refused.

    Whether the contents of recorded events have changed is seen when they are recorded again.
    """
    now = {(mapping.source, one.content["id"]) for one in made.events}
    others = {(mapping.source, id_) for id_ in [*made.left_out, *made.beyond]}
    known = await log.known([*now, *others])
    if known and known != now:
        raise Refused([Fault("event.conflict", "", _CHANGED, None)])


def _malformed(faults: Sequence[Fault], checked: Candidate | Malformed, raw: Any) -> Malformed:
    """Return the faults of an event, those that it has already and those of its form elsewhere."""
    if isinstance(checked, Malformed):
        known = {fault.pointer for fault in faults}
        others = [fault for fault in checked.faults if fault.pointer not in known]
        return Malformed([*faults, *others], checked.creates, raw)
    created = (mention.stream for mention in checked.event.mentions if mention.creates)
    return Malformed(faults, frozenset(created), raw)
