from datetime import UTC, datetime, timedelta

from events.access.principal import Principal, Role
from service.pages.parts.day import SITTING_HOURS
from service.pages.record.reading import SOURCE
from service.pages.workshop.notes.view import sitting

OWN = "service/key"
NOW = datetime(2024, 7, 18, 15, tzinfo=UTC)


def entry(position: int, passed: timedelta, **given: object) -> dict[str, object]:
    """Return an entry of a timeline that was recorded some time ago, on a page with the key `key`."""
    return {
        "position": position,
        "type": "HELP_ASKED",
        "summary": "Asked.",
        "recordedTime": (NOW - passed).isoformat(),
        "actor": OWN,
        "voidedBy": None,
        "subject": None,
        "event": {"source": SOURCE},
        **given,
    }


def test_a_sitting_is_what_one_key_recorded_on_pages_in_the_last_hours() -> None:
    minute = timedelta(minutes=1)
    nodes = [
        entry(1, timedelta(hours=SITTING_HOURS) + minute),
        entry(2, 11 * minute),
        entry(3, 9 * minute),
        entry(4, minute, actor="service/another"),
        entry(5, minute, event={"source": "urn:elsewhere"}),
        entry(6, minute, event=None),
        entry(7, minute, type="EVENT_VOIDED"),
        entry(8, minute, voidedBy=9),
    ]
    found = sitting(nodes, Principal("key", Role.FACILITATOR), NOW)
    assert [(one.position, one.can_undo, one.is_undone) for one in found] == [
        (8, False, True),
        (3, True, False),
        (2, False, False),
    ]
