"""The revision of the service's tables that this code needs. `service.app` and the commands prepare it."""

from pathlib import Path
from typing import Final

from events.store.schema import Migrations

SERVICE: Final = Migrations(Path(__file__).parent / "migrations", "0013", "service_version")
