"""What every member of a cohort may see. Walls and reports show it. Who opens them makes no difference."""

from collections.abc import Collection
from dataclasses import replace

from events.access.audience import ViewerTokens, audience, tokens
from events.access.policy import Role
from events.access.principal import Principal
from events.vocabulary.terms import Visibility


def any_member(viewer: Principal, cohort: str, joined: Collection[str]) -> Principal:
    """Return a principal that sees what every member of the cohort sees, as far as the viewer sees it too.

    `joined` are the cohorts that the viewer's organisation ever joined. The principal has nothing that only some
    members see, such as their own private work, and it gets no personal data. A viewer who does not see all that is
    visible to the cohort is replaced by the public.
    """
    nobody = replace(viewer, cohorts=frozenset(), organisation=None, sources=(), reserved=())
    held = ViewerTokens(
        tokens(viewer.role, of=viewer.organisation, cohorts=viewer.cohorts, ever=joined)
    )
    if held.sees(audience(Visibility.COHORT, (), cohort, is_sensitive=True)):
        return replace(nobody, role=Role.ANALYST, cohorts=frozenset({cohort}))
    return replace(nobody, role=Role.PUBLIC)
