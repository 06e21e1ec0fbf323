"""All read models. Everything that their rows depend on is imported from here (see `fingerprint`)."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Table

from projections.folding.projection import Projection, Subjects
from projections.models.cohorts import Cohorts, Meetings, Memberships, Organisations, Pairings
from projections.models.exchange import Asks, Helps, Inspirations, Uses
from projections.models.iterations import (
    Iterations,
    Observations,
    Participations,
    Reviews,
    Revisions,
)
from projections.models.learnings import (
    Adoptions,
    Challenges,
    Failures,
    LearningRevisions,
    Learnings,
    Reclassifications,
)
from projections.models.questions import Framings, Mindsets, Questions
from projections.models.record import Corrections, Entries, Levels, Notes, Persons, Timeline, Voids
from projections.models.results import Checkins, Outcomes, Publications, Substantiations
from projections.models.sessions import Commitments, Sessions
from projections.models.subjects import FormerSubjects, SubjectAudiences
from projections.models.wordings import Wordings

PROJECTIONS: Final[tuple[Projection, ...]] = (
    Cohorts(),
    Organisations(),
    Memberships(),
    Pairings(),
    Meetings(),
    Mindsets(),
    Questions(),
    Framings(),
    Iterations(),
    Revisions(),
    Observations(),
    Participations(),
    Reviews(),
    Failures(),
    Reclassifications(),
    Learnings(),
    LearningRevisions(),
    Challenges(),
    Adoptions(),
    Inspirations(),
    Uses(),
    Asks(),
    Helps(),
    Outcomes(),
    Substantiations(),
    Checkins(),
    Publications(),
    Sessions(),
    Commitments(),
    Notes(),
    Persons(),
    Levels(),
    Voids(),
    Corrections(),
    Entries(),
    Timeline(),
    SubjectAudiences(),
    FormerSubjects(),
    Wordings(),
)
"""Each event type changes at least one of them, and every event is in the timelines."""

SUBJECTS: Final[Mapping[str, Table]] = {
    projection.kind: projection.table
    for projection in PROJECTIONS
    if isinstance(projection, Subjects)
}
"""The table of each kind of subject."""
