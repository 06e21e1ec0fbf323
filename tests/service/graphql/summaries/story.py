"""An event of each type with its summary, and the summary for a viewer who sees nothing of what it names."""

from typing import Any

from tests.events import samples as sample

STORY: tuple[tuple[dict[str, Any], str], ...] = (
    (
        sample.assessed(),
        "Mill assessed its mindset as “consumer”, at the level of participation “consult”.",
    ),
    (sample.paired(), "Mill and Archive were paired in the cohort “Heritage”."),
    (sample.met(), "Mill reported a meeting of the pairing of Mill and Archive."),
    (sample.framed(), "Mill framed the question “How can we label with our neighbours?”."),
    (
        sample.shared(by="archive"),
        "Archive shared the inspiration “A visit” with the cohort “Heritage”.",
    ),
    (sample.shared("other"), "The inspiration “A visit” was shared with the cohort “Heritage”."),
    (
        sample.planned(),
        "Mill planned the iteration “A wall of labels” for the question “How can we label with everyone?”.",
    ),
    (
        sample.revised(),
        "The plan of the iteration “A wall of labels” of Mill was revised, with the action “Put up two walls”:"
        " “One is not enough”.",
    ),
    (
        sample.used(iteration="trial"),
        "Mill used the inspiration “A visit” of Archive in the iteration “A wall of labels”.",
    ),
    (sample.started(), "The iteration “A wall of labels” of Mill was started."),
    (
        sample.observed(),
        "An observation was recorded in the iteration “A wall of labels” of Mill: “Twelve labels”.",
    ),
    (
        sample.took_part(),
        "12 people took part in the iteration “A wall of labels” of Mill at the level “involve”.",
    ),
    (
        sample.took_part(people=1),
        "1 person took part in the iteration “A wall of labels” of Mill at the level “involve”.",
    ),
    (
        sample.concluded(result="did_not_finish"),
        "The iteration “A wall of labels” of Mill was concluded with the result “did not finish” and the decision"
        " “persevere”: “It went well enough”.",
    ),
    (
        sample.failed(iteration="trial"),
        "Mill recorded a failure of the iteration “A wall of labels”: “An empty wall”.",
    ),
    (sample.failed("second"), "Mill recorded a failure: “An empty wall”."),
    (
        sample.reclassified(),
        "The failure “An empty wall” of Mill was reclassified, with the degree “precarious failure”:"
        " “We see it differently now”.",
    ),
    (sample.captured(), "Mill captured the learning “Ask before you build”."),
    (
        sample.learning_revised(),
        "The learning “Ask before you build” of Mill was revised to “Ask, then build” for the reason “Clearer”.",
    ),
    (sample.challenged(), "Archive challenged the learning “Ask, then build” of Mill: “Not here”."),
    (
        sample.adopted(adaptation="With paint."),
        "Archive adopted the learning “Ask, then build” of Mill: “With paint”.",
    ),
    (
        sample.reviewed(iteration="trial"),
        "Mill held a review of the iteration “A wall of labels”: “Half a wall”.",
    ),
    (sample.asked(), "Mill asked for help: “Who has a ladder?”."),
    (
        sample.helped(),
        "Archive answered the request for help “Who has a ladder?” of Mill: “Here is one”.",
    ),
    (sample.harvested(), "Mill harvested the outcome “They write labels now”."),
    (
        sample.substantiated(),
        "Archive assessed the outcome “They write labels now” of Mill with the agreement “full”.",
    ),
    (
        sample.reframed(),
        "The question “How can we label with our neighbours?” of Mill was reframed as “How can we label with everyone?”"
        " for the reason “We learned”.",
    ),
    (
        sample.question_closed(),
        "The question “How can we label with everyone?” of Mill was closed as “answered”.",
    ),
    (
        sample.noted("iteration/trial"),
        "A note about the iteration “A wall of labels” of Mill was added: “Worth knowing”.",
    ),
    (
        sample.noted("organisation/mill", organisation="mill"),
        "Mill added a note about Mill: “Worth knowing”.",
    ),
    (
        sample.cohort_revised(),
        "The cohort “Heritage” was revised, with 12 months planned: “It continues”.",
    ),
    (
        sample.held(attended=["mill", "archive"], summary="We drew maps."),
        "The session “A morning” (“workshop”) was held in the cohort “Heritage” with Mill and Archive:"
        " “We drew maps”.",
    ),
    (
        sample.committed(session="session", due_on="2024-05-01"),
        "Mill made a commitment in the session “A morning”, due on 2024-05-01: “We ask ten neighbours”.",
    ),
    (
        sample.settled(note="Twelve came."),
        "The commitment “We ask ten neighbours” of Mill was settled as “kept”: “Twelve came”.",
    ),
    (
        sample.renamed("library", reason="They asked for it."),
        "Library was renamed to The Mill: “They asked for it”.",
    ),
    (sample.introduced(), "Mill introduced a person."),
    (sample.noted("person/grace"), "A note about a person was added: “Worth knowing”."),
    (sample.forgotten(), "The name and e-mail address of a person were erased."),
    (sample.released(), "Mill published the report “What we tried”."),
    (
        sample.released("guide", organisation=None, cohort="heritage", kind="field_guide"),
        "The cohort “Heritage” published the field guide “What we tried”.",
    ),
    (
        sample.withdrawn(),
        "The publication “What we tried” of Mill was withdrawn: “A wrong number”.",
    ),
    (
        sample.shown("learning/learning", "public"),
        "The visibility of the learning “Ask, then build” of Mill was changed to “public”.",
    ),
    (sample.pairing_ended(reason="Done."), "The pairing of Mill and Archive was ended: “Done”."),
    (sample.left("archive"), "Archive left the cohort “Heritage” for the reason “capacity”."),
    (sample.closed(summary="We part."), "The cohort “Heritage” was closed: “We part”."),
    (
        sample.checked_in(),
        "Mill checked in 6 months after the close of the cohort “Heritage” with the status “growing”.",
    ),
)
UNNAMED = {
    "mindset.assessed": "An organisation assessed its mindset as “consumer”, at the level of participation “consult”.",
    "organisations.paired": "Organisations were paired in a cohort.",
    "pairing.met": "An organisation reported a meeting of a pairing.",
    "question.framed": "An organisation framed the question “How can we label with our neighbours?”.",
    "inspiration.shared": "The inspiration “A visit” was shared with a cohort.",
    "iteration.planned": "An organisation planned the iteration “A wall of labels” for a question.",
    "iteration.revised": "The plan of an iteration was revised, with the action “Put up two walls”:"
    " “One is not enough”.",
    "inspiration.used": "An organisation used an inspiration.",
    "iteration.started": "An iteration was started.",
    "observation.recorded": "An observation was recorded in an iteration: “Twelve labels”.",
    "participation.recorded": "12 people took part in an iteration at the level “involve”.",
    "iteration.concluded": "An iteration was concluded with the result “did not finish” and the decision “persevere”:"
    " “It went well enough”.",
    "failure.recorded": "An organisation recorded a failure: “An empty wall”.",
    "failure.reclassified": "A failure was reclassified, with the degree “precarious failure”:"
    " “We see it differently now”.",
    "learning.captured": "An organisation captured the learning “Ask before you build”.",
    "learning.revised": "A learning was revised to “Ask, then build” for the reason “Clearer”.",
    "learning.challenged": "An organisation challenged a learning: “Not here”.",
    "learning.adopted": "An organisation adopted a learning: “With paint”.",
    "review.held": "An organisation held a review: “Half a wall”.",
    "help.asked": "An organisation asked for help: “Who has a ladder?”.",
    "help.given": "An organisation answered a request for help: “Here is one”.",
    "outcome.harvested": "An organisation harvested the outcome “They write labels now”.",
    "outcome.substantiated": "An organisation assessed an outcome with the agreement “full”.",
    "question.reframed": "A question was reframed as “How can we label with everyone?” for the reason “We learned”.",
    "question.closed": "A question was closed as “answered”.",
    "note.added": "A note about an iteration was added: “Worth knowing”.",
    "cohort.revised": "A cohort was revised, with 12 months planned: “It continues”.",
    "session.held": "The session “A morning” (“workshop”) was held in a cohort with organisations: “We drew maps”.",
    "commitment.made": "An organisation made a commitment, due on 2024-05-01: “We ask ten neighbours”.",
    "commitment.settled": "A commitment was settled as “kept”: “Twelve came”.",
    "organisation.renamed": "An organisation was renamed to The Mill: “They asked for it”.",
    "person.introduced": "An organisation introduced a person.",
    "person.forgotten": "The name and e-mail address of a person were erased.",
    "publication.released": "The report “What we tried” was published.",
    "publication.withdrawn": "A publication was withdrawn: “A wrong number”.",
    "visibility.changed": "The visibility of a learning was changed to “public”.",
    "pairing.ended": "A pairing was ended: “Done”.",
    "organisation.left": "An organisation left a cohort for the reason “capacity”.",
    "cohort.closed": "A cohort was closed: “We part”.",
    "journey.checked_in": "An organisation checked in 6 months after the close of a cohort with the status “growing”.",
    "cohort.formed": "The cohort “Heritage” was formed around the question “How can we open our doors?”.",
    "organisation.registered": "Mill was registered.",
    "organisation.joined": "An organisation joined a cohort.",
    "event.voided": "The event at position 7 was voided: “A slip of the pen”.",
    "event.corrected": "The event at position 7 was corrected.",
}
"""The sentence for a viewer who sees nothing of what the event names."""
BEGUN = {
    "cohort.formed": "The cohort “Heritage” was formed around the question “How can we open our doors?”.",
    "organisation.registered": "Mill was registered.",
    "organisation.joined": "Mill joined the cohort “Heritage”.",
}
VOIDED = "The event at position 7 was voided: “A slip of the pen”."
