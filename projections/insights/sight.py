"""What a viewer may see now, of all that the book holds.

It judges by the levels as they are now, whatever position and moment is asked about, and as the log's own door does
(`events.visibility`): what one may not see of the events, one does not see in a figure. It protects what is hidden
from being counted; it does not hide that something was recorded (positions tell), and not what somebody could work
out from things that were shown before and are hidden now.
"""

from events.senders import Role
from events.terms import Visibility
from events.types import Mark
from projections.insights.book import Book
from projections.insights.things import Entry, Thing
from projections.insights.viewer import Viewer

_WIDTH = {level.value: width for width, level in enumerate(Visibility)}


class Sight:
    """The judgement for one viewer over one book; it follows the book as it grows."""

    def __init__(self, book: Book, viewer: Viewer) -> None:
        self.book = book
        self.viewer = viewer
        self.everything = viewer.facilitates_everything

    def sees(self, thing: Thing) -> bool:
        """Say whether the viewer sees the thing."""
        if self.everything or thing.level == "public":
            return True
        if thing.kind in ("cohort", "organisation") or thing.shared:
            return self.viewer.role is not Role.PUBLIC
        return self._reaches(thing.level, thing.owners, thing.cohort)

    def knows(self, name: str, as_of: int) -> bool:
        """Say whether something of this name stands as of a position, whatever its time, that the viewer sees.

        Anything else is an unknown key to them.
        """
        return any(
            self.sees(thing)
            for thing in self.book.known(name, as_of)
            if not thing.born.is_voided(as_of)
        )

    def sees_entry(self, entry: Entry) -> bool:
        """Say whether the event itself is shown; what it names besides its first subject may be hidden."""
        if self.everything:
            return True
        first = entry.first
        if first is None:
            return False
        if entry.mark is Mark.CREATES:
            return self.sees(first)
        viewer = self.viewer
        if viewer.organisation is not None and entry.by == viewer.organisation:
            return True
        if entry.type == "organisation.joined":
            return viewer.role is not Role.PUBLIC or entry.given == "public"
        if first.kind == "organisation":
            return self._reaches(_level_of_its_own(entry, first), first.owners, entry.cohort)
        level = first.level
        if entry.mark is Mark.ADDS and entry.level is not None:
            level = min(level, entry.level, key=_WIDTH.__getitem__)
        return self._reaches(level, first.owners, first.cohort)

    def _reaches(self, level: str, owners: tuple[str, ...], cohort: str | None) -> bool:
        if level == "public":
            return True
        viewer = self.viewer
        match viewer.role:
            case Role.FACILITATOR:
                return self._facilitates(owners, cohort)
            case Role.ANALYST:
                return level == "cohort"
            case Role.ORGANISATION if viewer.organisation is not None:
                return self._shown_to(viewer.organisation, level, owners, cohort)
            case _:
                return False

    def _facilitates(self, owners: tuple[str, ...], cohort: str | None) -> bool:
        own = self.viewer.cohorts
        if cohort is not None:
            return not own or cohort in own
        return not own or any(not own.isdisjoint(self.book.homes[owner]) for owner in owners)

    def _shown_to(
        self, organisation: str, level: str, owners: tuple[str, ...], cohort: str | None
    ) -> bool:
        if organisation in owners:
            return True
        if level == "private" or cohort is None:
            return False
        if level == "cohort" and organisation in self.book.members[cohort]:
            return True
        return any(
            pairing.cohort == cohort
            and any(owner in pairing.owners for owner in owners)
            and not self._has_ended(pairing)
            for pairing in self.book.pairings[organisation]
        )

    def _has_ended(self, pairing: Thing) -> bool:
        if pairing.born.voided_by is not None or any(
            entry.type == "pairing.ended" and entry.voided_by is None for entry in pairing.entries
        ):
            return True
        cohort = pairing.born.refs["cohort"][0]
        if any(
            entry.type == "cohort.closed" and entry.voided_by is None for entry in cohort.entries
        ):
            return True
        return any(
            entry.voided_by is None and entry.position > pairing.position
            for owner in pairing.owners
            for entry in self.book.leavings[cohort.key, owner]
        )


def _level_of_its_own(entry: Entry, organisation: Thing) -> str:
    if entry.type == "organisation.left":
        return "cohort"
    if entry.mark is Mark.ADDS:
        return entry.level or "cohort"
    return organisation.level
