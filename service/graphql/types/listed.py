"""The classes that have a table of the read models, whose rows can be listed."""

from collections.abc import Mapping
from typing import Any, Final

from service.graphql.fields.shapes import kind_of, shape_of
from service.graphql.types.cohorts import Cohort, Meeting, Membership, Organisation, Pairing
from service.graphql.types.exchange import Ask, Help, Inspiration, Use
from service.graphql.types.failures import Failure, Reclassification
from service.graphql.types.iterations import Iteration, Observation, Participation, Review, Revision
from service.graphql.types.learnings import Adoption, Challenge, Learning, LearningRevision
from service.graphql.types.questions import Mindset, Question, QuestionFraming
from service.graphql.types.record import Note, Person
from service.graphql.types.results import Checkin, HarvestedOutcome, Publication, Substantiation
from service.graphql.types.sessions import Commitment, Session

LISTED: Final[tuple[Any, ...]] = (
    Cohort,
    Organisation,
    Membership,
    Pairing,
    Meeting,
    Mindset,
    Question,
    QuestionFraming,
    Iteration,
    Revision,
    Observation,
    Participation,
    Review,
    Failure,
    Reclassification,
    Learning,
    LearningRevision,
    Challenge,
    Adoption,
    Inspiration,
    Use,
    Ask,
    Help,
    HarvestedOutcome,
    Substantiation,
    Checkin,
    Publication,
    Session,
    Commitment,
    Note,
    Person,
)

SHAPES: Final = tuple(shape_of(type_) for type_ in LISTED)

KINDS: Final[Mapping[str, Any]] = {
    kind: type_ for type_ in LISTED if (kind := kind_of(type_)) is not None
}
"""The classes of subjects by kind."""
