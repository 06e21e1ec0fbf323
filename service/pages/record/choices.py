"""The subjects that may be chosen in a form: which are eligible, the query for them, and what they are called.

Who may name what is the recorder's to judge. This leaves out what it would refuse anyway, so that lists stay short.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from events.vocabulary.catalogue import EventKind
from events.vocabulary.stream import is_stream, kind_of
from events.vocabulary.types import EventType
from events.vocabulary.types.cohorts import (
    CohortClosed,
    OrganisationJoined,
    OrganisationsPaired,
    PairingEnded,
)
from events.vocabulary.types.exchange import HelpGiven
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import FailureRecorded, LearningAdopted, LearningChallenged
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.types.record import PersonForgotten, VisibilityChanged
from events.vocabulary.types.results import (
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)
from events.vocabulary.types.sessions import CommitmentSettled
from service.pages.frame.addresses import plural
from service.pages.frame.names import subject_name
from service.pages.frame.page import Answer, Query
from service.pages.record.form import Field, Form, Widget, form_of
from service.pages.record.reading import Given, one

LISTED_MAX: Final = 100
"""How many subjects of a kind a field lists, the newest first. Others are found by their words."""
FOUND_MAX: Final = 20
"""How many subjects of a kind are found while somebody types."""
FIND: Final = "find."
"""What the name of a field with words to find subjects begins with; that of the field that lists them follows."""

Filter = Mapping[str, Any]

_NOTHING: Final[Filter] = {"key": []}
"""What guests may not name: they record in their cohort, and an organisation is in none."""
_OPEN: Final[Filter] = {"state": ["OPEN"]}
_PLANNED: Final[Filter] = {"state": ["PLANNED"]}
_BEGUN: Final[Filter] = {"state": ["STARTED", "CONCLUDED"]}

ELIGIBLE: Final[Mapping[tuple[type[EventType], str], Filter]] = {
    (CohortClosed, "cohort"): {"closedAt": {"none": True}},
    (OrganisationJoined, "cohort"): {"closedAt": {"none": True}},
    (OrganisationsPaired, "cohort"): {"closedAt": {"none": True}},
    (PairingEnded, "pairing"): {"endedAt": {"none": True}},
    (QuestionReframed, "question"): _OPEN,
    (QuestionClosed, "question"): _OPEN,
    (IterationPlanned, "question"): _OPEN,
    (IterationPlanned, "follows"): {"state": ["CONCLUDED"]},
    (IterationRevised, "iteration"): _PLANNED,
    (IterationStarted, "iteration"): _PLANNED,
    (ObservationRecorded, "iteration"): _BEGUN,
    (ParticipationRecorded, "iteration"): _BEGUN,
    (IterationConcluded, "iteration"): {"state": ["PLANNED", "STARTED"]},
    (PublicationReleased, "cites"): {"visibility": ["PUBLIC"]},
    (PublicationWithdrawn, "publication"): {"withdrawnAt": {"none": True}},
    (CommitmentSettled, "commitment"): {"settledAt": {"none": True}},
    (PersonForgotten, "person"): {"forgottenAt": {"none": True}},
}
"""What else than being visible a subject needs, as a filter of the graph, by the type of the event and its field."""

OF_OTHERS: Final = (
    (LearningAdopted, "learning"),
    (LearningChallenged, "learning"),
    (OutcomeSubstantiated, "outcome"),
    (HelpGiven, "ask"),
)
"""Where an organisation names only what others recorded (rule `origin.self`)."""
OR_SHARED: Final = ((IterationPlanned, "question"), (FailureRecorded, "question"))
"""Where an organisation may name its own question or the one that its cohort shares (rule `owner.mismatch`)."""
_OF_ANYBODY: Final = ("parent", "about")
WITHOUT_OWNER: Final = ("cohort", "organisation", "session", "inspiration")

SHOWN: Final = {
    "cohort": "title language closedAt",
    "organisation": "name",
    "question": "text language questionState: state organisation { key name }",
    "pairing": "organisations { name }",
    "inspiration": "title organisation { key name }",
    "iteration": "title iterationState: state organisation { key name }",
    "failure": "actual organisation { key name }",
    "learning": "statement organisation { key name }",
    "ask": "text organisation { key name }",
    "outcome": "description organisation { key name }",
    "publication": "title language organisation { key name }",
    "session": "title",
    "commitment": "text organisation { key name }",
    "person": "personName: name role organisation { key name }",
}
"""What is asked of a subject of each kind, by which it is named and distinguished from others."""


@dataclass(frozen=True)
class Option:
    """A subject that can be chosen: the value of the field that names it, and what it is called.

    `kind` is given where subjects of several kinds can be chosen. `about` is the name of its
    organisation, if that is not the visitor's own, `state` its state in the
    list `states`.
    """

    value: str
    name: str
    kind: str | None = None
    about: str | None = None
    state: str | None = None
    states: str = ""
    language: str | None = None
    is_closed: bool = False


@dataclass(frozen=True)
class Choices:
    """The options of a field, those of a kind together. If there are more than are listed, words can find them."""

    options: Sequence[Option]
    has_more: bool = False

    @property
    def kinds(self) -> Sequence[str | None]:
        """The kinds of the options, in order."""
        return list(dict.fromkeys(option.kind for option in self.options))

    def is_chosen(self, kind: str | None, values: Sequence[str]) -> bool:
        """Return whether one of the options of a kind is chosen."""
        return any(option.kind == kind and option.value in values for option in self.options)


def _listing(form: Form) -> Iterator[tuple[str, Field, str]]:
    """Yield each list that a form needs: its alias in the query, the field, and the kind of the subjects."""
    for field in form.fields:
        for kind in field.kinds:
            yield f"{field.name}_{kind}", field, kind


@cache
def choices_query(kind: EventKind, only: str | None = None) -> Query:
    """Return the query for what can be chosen in the form of a type, and for what was chosen.

    With `only`, it is for this field alone, and for few subjects.
    """
    listed = _listing(form_of(kind))
    lists = [one for one in listed if only in (None, one[1].name)]
    listed_max = LISTED_MAX if only is None else FOUND_MAX
    variables = ["$chosen: [String!]!"]
    variables += [f"$where_{alias}: {of.capitalize()}Filter" for alias, _, of in lists]
    members = [
        alias for alias, field, of in lists if of == "organisation" and _of_members(kind, field)
    ]
    variables += ["$cohort: String!", "$inCohort: Boolean!"] if members else []
    body = [
        f"  {alias}: {plural(of)}(first: {listed_max}, where: $where_{alias}, order: {{by: TIME, direction: DESC}}) {{"
        f" {_page(of)} }}"
        for alias, _, of in lists
    ]
    body += [
        f"  members_{alias}: cohort(key: $cohort) @include(if: $inCohort) {{"
        f" organisations(first: {listed_max}, where: $where_{alias}) {{ {_page('organisation')} }} }}"
        for alias in members
    ]
    known = " ".join(
        f"... on {of.capitalize()} {{ {SHOWN[of]} }}" for of in sorted({of for *_, of in lists})
    )
    body.append(f"  chosen: subjects(streams: $chosen) {{ __typename key stream {known} }}")
    text = "\n".join([f"query Choices({', '.join(variables)}) {{", *body, "}\n"])
    name = kind.name if only is None else f"{kind.name}-{only}"
    return Query(f"record-{name}.graphql", text)


def _page(kind: str) -> str:
    return f"pageInfo {{ hasNextPage }} nodes {{ __typename key stream {SHOWN[kind]} }}"


def _of_members(kind: EventKind, field: Field) -> bool:
    """Return whether a field names members of the event's cohort, where the event names one."""
    return "cohort" in kind.takes and kind.model is not OrganisationJoined and field.name != "hosts"


def variables(
    form: Form, given: Given, own: str | None, *, is_guest: bool = False
) -> Mapping[str, Any]:
    """Return the variables of the query; `own` is the organisation of the visitor, None for a facilitator."""
    found: dict[str, Any] = {"chosen": list(_chosen(form, given))[:LISTED_MAX]}
    found["cohort"] = one(given, "cohort")
    # It is stated whether there is one: what is no key keeps the graph from answering with one statement.
    found["inCohort"] = bool(found["cohort"])
    for alias, field, kind in _listing(form):
        is_outside = is_guest and kind == "organisation" and field.name in _OF_ANYBODY
        found[f"where_{alias}"] = (
            _NOTHING if is_outside else eligible(form, field, kind, given, own)
        )
    return found


def eligible(form: Form, field: Field, kind: str, given: Given, own: str | None) -> Filter:
    """Return the filter of the subjects of a kind that a field may name."""
    at = (form.kind.model, field.name)
    filters = [ELIGIBLE.get(at, {})]
    if own is not None:
        filters.append(_whose(form, field, kind, own))
    words = one(given, f"{FIND}{field.name}").replace("\0", "")
    if words and kind != "person":
        filters.append({"text": words})
    return {"and": [given for given in filters if given]}


def _whose(form: Form, field: Field, kind: str, own: str) -> Filter:
    """Return the filter by the organisation that a subject belongs to, for the key of an organisation."""
    at = (form.kind.model, field.name)
    if at in OF_OTHERS:
        return {"not": {"organisation": [own]}}
    if at in OR_SHARED:
        return {"or": [{"organisation": [own]}, {"shared": True}]}
    if kind == "pairing":
        return {"organisations": [own]}
    is_any = field.widget is Widget.SUBJECTS or field.name in _OF_ANYBODY or kind in WITHOUT_OWNER
    if kind == "organisation" and at[0] is VisibilityChanged:
        return {"key": [own]}
    return {} if is_any else {"organisation": [own]}


def _chosen(form: Form, given: Given) -> Iterator[str]:
    """Yield the streams of the subjects that were chosen."""
    for field in form.fields:
        for value in given.get(field.name, ()):
            stream = f"{field.kinds[0]}/{value}" if len(field.kinds) == 1 else value
            if field.kinds and is_stream(stream):
                yield stream


def choices_of(form: Form, given: Given, answer: Answer, own: str | None) -> Mapping[str, Choices]:
    """Return what can be chosen in each field that names subjects; what was chosen is always among it."""
    chosen = {one["stream"]: one for one in answer["chosen"] if one is not None}
    found: dict[str, Choices] = {}
    for field in form.fields:
        if not field.kinds:
            continue
        lists = [_list(answer, f"{field.name}_{kind}") for kind in field.kinds]
        options = [_option(field, node, own) for list_ in lists for node in list_["nodes"]]
        known = {option.value for option in options}
        for value in given.get(field.name, ()):
            stream = f"{field.kinds[0]}/{value}" if len(field.kinds) == 1 else value
            if value and value not in known:
                node = chosen.get(stream)
                # What the visitor does not see is not known here either.
                options.append(_option(field, node, own) if node else Option(value, value))
        has_more = any(list_["pageInfo"]["hasNextPage"] for list_ in lists)
        found[field.name] = Choices(options, has_more or bool(one(given, f"{FIND}{field.name}")))
    return found


def with_only_choice(
    form: Form, given: Given, choices: Mapping[str, Choices]
) -> dict[str, list[str]]:
    """Return what a new form contains, with what has to be chosen where there is only one choice."""
    found = {name: list(values) for name, values in given.items()}
    for field in form.fields:
        if field.widget is Widget.SUBJECT and field.is_required and not one(given, field.name):
            listed = choices[field.name]
            if len(listed.options) == 1 and not listed.has_more:
                found[field.name] = [listed.options[0].value]
    return found


def _list(answer: Answer, alias: str) -> Any:
    """Return a list of the answer: that of the members, if the event's cohort is known."""
    members = answer.get(f"members_{alias}")
    return members["organisations"] if members else answer[alias]


def _option(field: Field, node: Mapping[str, Any], own: str | None) -> Option:
    is_one_kind = len(field.kinds) == 1
    kind = kind_of(node["stream"])
    organisation = node.get("organisation")
    return Option(
        node["key"] if is_one_kind else node["stream"],
        (node["personName"] or node["role"]) if kind == "person" else subject_name(node),
        None if is_one_kind else kind.upper(),
        organisation["name"] if organisation and organisation["key"] != own else None,
        node.get(f"{kind}State"),
        f"{kind.capitalize()}State",
        node.get("language"),
        node.get("closedAt") is not None,
    )
