"""The type of the viewer."""

from events.access.policy import Role
from service.graphql.fields.columns import column
from service.graphql.fields.references import one
from service.graphql.fields.shapes import declared
from service.graphql.lookups.viewer import own_cohorts
from service.graphql.types.cohorts import Cohort, Organisation
from service.graphql.values.terms import EntryType


@declared
class Viewer:
    """The party that sent the request: the holder of a key, or the public."""

    role: Role = column("The role of the key. `PUBLIC` for a request without a key.")
    organisation: Organisation | None = one("The organisation that the key belongs to.")
    cohorts: list[Cohort] | None = own_cohorts(
        "The cohorts of a facilitator's, an evaluator's or a guest's key; for an organisation's key, the cohorts "
        "that the organisation has ever joined. Empty for other keys. Null for a facilitator of "
        "everything, who has access to all cohorts."
    )
    may_record: list[EntryType] = column("The types of events that the key may record.")
