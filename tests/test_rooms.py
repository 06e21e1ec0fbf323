"""Rooms and modules stay small enough to find one's way in."""

from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("events", "howcanwe", "projections", "service")
MODULES_MAX: Final = 12
LINES_MAX: Final = 400

MODULES: Final = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
ROOMS: Final = sorted({path.parent for path in MODULES})


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_has_at_most_a_dozen_modules_of_its_own(room: Path) -> None:
    modules = [path.name for path in MODULES if path.parent == room and path.stem != "__init__"]
    assert len(modules) <= MODULES_MAX, "make a room of those that belong together"


def test_no_module_is_longer_than_two_should_be() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in MODULES}
    assert [path for path, number in lines.items() if number > LINES_MAX] == []
