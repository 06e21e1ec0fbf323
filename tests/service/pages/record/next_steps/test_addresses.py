from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.results import JourneyCheckedIn
from service.pages.record.next_steps.addresses import form_address


def test_a_field_that_names_one_kind_has_the_key() -> None:
    streams = ["organisation/mill", "cohort/valley"]
    assert form_address(JourneyCheckedIn, streams, {"months_after": "6"}) == (
        "/record/journey.checked_in?organisation=mill&cohort=valley&months_after=6"
    )


def test_a_subject_is_named_once_and_one_of_several_kinds_by_its_stream() -> None:
    address = form_address(IterationPlanned, ["iteration/bell", "learning/keys"])
    assert address == "/record/iteration.planned?follows=bell&inspired_by=learning%2Fkeys"


def test_what_can_be_about_anything_is_about_the_first_subject() -> None:
    address = form_address(NoteAdded, ["session/day", "organisation/mill"])
    assert address == "/record/note.added?about=session%2Fday&organisation=mill"


def test_nothing_that_is_known_is_no_query() -> None:
    assert form_address(NoteAdded, []) == "/record/note.added"
