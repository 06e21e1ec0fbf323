"""The types of the graph, each declared once over its table."""

from typing import Final

from service.graphql.kinds.cohorts import COHORT, MEETING, MEMBERSHIP, ORGANISATION, PAIRING
from service.graphql.kinds.exchange import ASK, HELP, INSPIRATION, USE
from service.graphql.kinds.failures import FAILURE, RECLASSIFICATION
from service.graphql.kinds.iterations import (
    ITERATION,
    OBSERVATION,
    PARTICIPATION,
    REVIEW,
    REVISION,
)
from service.graphql.kinds.learnings import ADOPTION, CHALLENGE, LEARNING, LEARNING_REVISION
from service.graphql.kinds.questions import FRAMING, MINDSET, QUESTION
from service.graphql.kinds.record import NOTE, PERSON
from service.graphql.kinds.results import CHECKIN, OUTCOME, PUBLICATION, SUBSTANTIATION
from service.graphql.shape import Shape

SHAPES: Final[tuple[Shape, ...]] = (
    COHORT,
    ORGANISATION,
    MEMBERSHIP,
    PAIRING,
    MEETING,
    MINDSET,
    QUESTION,
    FRAMING,
    ITERATION,
    REVISION,
    OBSERVATION,
    PARTICIPATION,
    REVIEW,
    FAILURE,
    RECLASSIFICATION,
    LEARNING,
    LEARNING_REVISION,
    CHALLENGE,
    ADOPTION,
    INSPIRATION,
    USE,
    ASK,
    HELP,
    OUTCOME,
    SUBSTANTIATION,
    CHECKIN,
    PUBLICATION,
    NOTE,
    PERSON,
)
