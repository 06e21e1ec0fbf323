"""Recording something again: a form that contains what an earlier event says today."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from service.pages.frame.addresses import with_query
from service.pages.record.amending.about import About, position_in
from service.pages.record.form import Form
from service.pages.record.reading import EXACTLY, OFFSET, PRECISION, TIME, VISIBILITY, given_of

REPLACES: Final = "replaces"
"""The parameter of a form's address with the position of the event that it contains."""

REPLACED: Final = "event.replaces"
"""The field of a form that has this position, for the page after recording."""

_MINUTE: Final = "%Y-%m-%dT%H:%M"


def address(about: About, level: str | None) -> str:
    """Return the address of the form that records an event again, at a level; at the usual one if it is None."""
    query = {REPLACES: str(about.position), VISIBILITY: level}
    return with_query(f"/record/{about.kind.name}", query)


def position(query: Mapping[str, str]) -> int | None:
    """Return the position of the event that a form's address asks for, None if it asks for none."""
    return position_in(query.get(REPLACES, ""))


def given(
    form: Form, about: About | None, levels: Sequence[str], level: str
) -> dict[str, list[str]]:
    """Return what a form contains that records an event again; nothing of events that the visitor may not amend.

    `levels` are those that the form offers.
    """
    if about is None or about.kind is not form.kind or form.kind.personal:
        return {}
    if not about.fields and not about.is_voidable and not about.is_voided:
        return {}
    at = datetime.fromisoformat(about.time)
    found = given_of(form.fields, about.data)
    found |= {
        TIME: [at.strftime(_MINUTE)],
        OFFSET: [at.isoformat()[-len("+00:00") :]],
        PRECISION: [(about.precision or EXACTLY).lower()],
        REPLACED: [str(about.position)],
    }
    return found | ({VISIBILITY: [level]} if level in levels else {})
