"""What a journey does not have itself: sessions of cohorts that its organisation hosts, and peers in a past state."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.pages.organisation.asked import Asked
from service.pages.organisation.story import Node

Journey = Mapping[str, Any]


def with_hosted(journey: Journey, hosted: Mapping[str, Any], wanted: Asked) -> Journey:
    """Return the journey with the sessions of the cohorts that the organisation hosts, in the order of time.

    The present state of these cohorts has them only.
    """
    cohorts = [one for one in hosted["nodes"] if wanted.cohort in (None, one["key"])]
    sessions = {one["key"]: one for one in journey["sessions"]["nodes"]}
    begin = "" if wanted.begin is None else wanted.begin.isoformat()
    further: Sequence[Node] = [
        one
        for cohort in cohorts
        for one in cohort.get("sessions", {"nodes": ()})["nodes"]
        if one["key"] not in sessions and one["time"] >= begin
    ]
    if not further:
        return journey
    nodes = sorted((*sessions.values(), *further), key=lambda one: str(one["time"]))
    count = journey["sessions"]["filteredCount"] + len(further)
    return {**journey, "sessions": {**journey["sessions"], "nodes": nodes, "filteredCount": count}}


def as_named_today(organisation: Node) -> Journey:
    """Return the journey of the organisation, in which what is of peers has its present words if it has none.

    A past state is made from the events of the organisation alone. What it took up, and whom it helped, is of others.
    """
    journey: Journey = organisation["journey"]
    today = organisation.get("today")
    if today is None:
        return journey
    completed = {
        name: _named(journey[name]["nodes"], today[name]["nodes"], field)
        for name, field in (("adoptions", "learning"), ("helps", "ask"))
    }
    return {
        **journey,
        **{name: {**journey[name], "nodes": made} for name, made in completed.items()},
    }


def _named(nodes: Sequence[Node], today: Sequence[Node], field: str) -> Sequence[Node]:
    known = {one["position"]: one[field] for one in today}
    return [
        one if one[field] else {**one, field: known.get(one["position"]), "is_today": True}
        for one in nodes
    ]
