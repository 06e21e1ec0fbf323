from datetime import UTC, datetime
from typing import Any

from service.pages.workshop.presence import others, present

MILL, ARCHIVE, HOST = ({"key": key, "name": key.title()} for key in ("mill", "archive", "host"))


def cohort(*stays: tuple[str, str | None]) -> dict[str, Any]:
    """Return a cohort in which the mill has these stays, and the archive has been from the beginning."""
    return {
        "hosts": [HOST],
        "memberships": {
            "nodes": [
                {
                    "organisation": MILL,
                    "stays": [{"joinedAt": joined, "leftAt": left} for joined, left in stays],
                },
                {
                    "organisation": ARCHIVE,
                    "stays": [{"joinedAt": "2024-01-01T00:00:00Z", "leftAt": None}],
                },
                {"organisation": None, "stays": []},
            ]
        },
    }


def at(day: int) -> datetime:
    return datetime(2024, 3, day, tzinfo=UTC)


STAYS = (("2024-03-02T00:00:00Z", "2024-03-05T00:00:00Z"), ("2024-03-09T00:00:00Z", None))


def test_a_stay_begins_with_joining_and_ends_before_leaving() -> None:
    here = [day for day in range(1, 12) if MILL in present(cohort(*STAYS), at(day))]
    assert here == [2, 3, 4, 9, 10, 11]


def test_the_others_are_hosts_and_members_of_another_time() -> None:
    assert others(cohort(*STAYS), at(1)) == [HOST, MILL]
    assert others(cohort(*STAYS), at(3)) == [HOST]


def test_who_hosts_and_is_a_member_stands_once() -> None:
    given = cohort(*STAYS) | {"hosts": [MILL]}
    assert [*present(given, at(3)), *others(given, at(3))] == [ARCHIVE, MILL]
