"""What was recorded of the time while a session ran, by those who came or facilitate: the session's page lists it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import TimePrecision
from events.vocabulary.types.sessions import SessionHeld
from service.graphql.values.terms import EntryType
from service.pages.frame.page import Answer, Visit
from service.pages.parts.day import SITTING_HOURS, span_of
from service.pages.parts.happened import HAPPENED, in_force

KIND: Final = "session"
"""The kind of things whose pages show it."""

Entry = Mapping[str, Any]
"""An entry of the cohort's timeline."""

_HELD: Final = EntryType(SessionHeld.name).name


@dataclass(frozen=True)
class During:
    """The entries of a session, the last recorded last. `is_cut` says that there were more in the cohort.

    `is_of_day` says that not more than the session's day is known. `hours` are how long it is taken to have been, None
    if its length is known.
    """

    entries: Sequence[Entry]
    is_cut: bool
    is_of_day: bool
    hours: int | None


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query, None if there is no session, or if the visitor does not see its cohort."""
    session = answer["thing"]
    if session is None or session["cohort"] is None:
        return None
    began, ended = span_of(session)
    return {
        "cohort": session["cohort"]["key"],
        "from": began.isoformat(),
        "to": ended.isoformat(),
        "kinds": [kind for kind in HAPPENED if kind != _HELD],
        "signedIn": visit.is_signed_in,
    }


def during(session: Mapping[str, Any], answer: Answer) -> During | None:
    """Return what belongs to a session, None if it was not asked for, or if the visitor sees nothing of it."""
    timeline = (answer.get("ran") or {"timeline": None})["timeline"]
    came = {one["key"] for one in session.get("attended", ())}
    events = answer["events"]["nodes"]
    host = next((one["actor"] for one in events if _is_first(one, session)), None)
    entries = [one for one in in_force(timeline) if _belongs(one, came, host)]
    if not entries:
        return None
    is_of_day = session["timePrecision"] == TimePrecision.DAY.name
    return During(
        entries,
        timeline["pageInfo"]["hasPreviousPage"],
        is_of_day,
        None if is_of_day or session["minutes"] else SITTING_HOURS,
    )


def _is_first(event: Mapping[str, Any], session: Mapping[str, Any]) -> bool:
    """Return whether an event is that which recorded the session, by somebody whom the visitor sees."""
    return event["position"] == session["position"] and event.get("actor") is not None


def _belongs(entry: Entry, came: set[str], host: str | None) -> bool:
    """Return whether somebody who came recorded an entry, or a facilitator.

    Facilitators record for others, too, and what has no organisation.
    """
    if host is not None and entry.get("actor") == host:
        return True
    if entry["organisation"] is not None:
        return entry["organisation"]["key"] in came
    kind = VOCABULARY.named(EntryType[entry["type"]].value)
    # The visitor may not see the organisation that acted.
    return kind.organisation_field not in kind.required
