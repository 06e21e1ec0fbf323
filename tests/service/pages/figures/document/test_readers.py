"""A report says for whom it is and what its viewer cannot see, by the role alone."""

import pytest

from events.access.principal import Role
from service.pages.figures.document.evidence import Viewer
from service.pages.figures.document.readers import running, unseen
from service.pages.frame.language import languages

ENGLISH = languages()["en"]


@pytest.mark.parametrize(
    ("viewer", "readers", "expected"),
    [
        (Viewer(Role.FACILITATOR), "Private", "may see everything that was recorded"),
        (
            Viewer(Role.FACILITATOR, frozenset({"one"})),
            "Private",
            "cannot see what is not public in others",
        ),
        (
            Viewer(Role.EVALUATOR, frozenset({"one"})),
            "Private",
            "caused by deviance and are not shared",
        ),
        (
            Viewer(Role.ORGANISATION, organisation="mill"),
            "Private",
            "what other organisations keep private",
        ),
        (
            Viewer(Role.GUEST, frozenset({"one"}), "mill"),
            "Private",
            "not public in other cohorts",
        ),
        (Viewer(Role.ANALYST), "For members", "private or shared only in a pairing."),
        (
            Viewer(Role.ANALYST, frozenset({"one"})),
            "For members",
            "not public in other cohorts",
        ),
        (Viewer(Role.ADMIN), "For all who have a key", "cannot see what is not public, except"),
        (Viewer(Role.PUBLIC), "Public", "cannot see what is not public."),
    ],
    ids=lambda value: f"{value.role}-{len(value.cohorts)}" if isinstance(value, Viewer) else "",
)
def test_each_role_has_its_sentence(viewer: Viewer, readers: str, expected: str) -> None:
    assert running(viewer, ENGLISH).startswith(readers)
    assert expected in unseen(viewer, ENGLISH)
    assert "mill" not in unseen(viewer, ENGLISH)
    assert unseen(viewer, languages()["de"]) != unseen(viewer, ENGLISH)


def test_only_who_sees_everything_is_said_to() -> None:
    for role in Role:
        sentence = unseen(Viewer(role), ENGLISH)
        assert ("everything that was recorded" in sentence) == (role is Role.FACILITATOR)
