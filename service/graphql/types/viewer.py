"""Who asks."""

from events.access.policy import Role
from service.graphql.fields.columns import column
from service.graphql.fields.references import one
from service.graphql.fields.shapes import declared
from service.graphql.types.cohorts import Cohort, Organisation
from service.graphql.values.terms import EntryType
from service.graphql.viewer import own_cohorts


@declared
class Viewer:
    """The key that the request came with, or the public."""

    role: Role = column("The key's role; `PUBLIC` without a key.")
    organisation: Organisation | None = one("The organisation of an organisation's key")
    cohorts: list[Cohort] | None = own_cohorts(
        "The cohorts of a facilitator's or an evaluator's key, and those that a key's organisation "
        "ever joined. Empty for other keys. Null for a facilitator of everything, whose cohorts "
        "are all that there are."
    )
    may_record: list[EntryType] = column("The types of events that the key may record.")
