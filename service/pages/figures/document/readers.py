"""For whom a report is: who may read it, and what its viewer cannot see. It names no key and no person."""

from events.access.principal import Role
from service.pages.figures.document.evidence import Viewer
from service.pages.frame.language import Language


def running(viewer: Viewer, language: Language) -> str:
    """Return the words on every sheet: who may read it."""
    _ = language.gettext
    match viewer.role:
        case Role.PUBLIC:
            return _("Public: this report has only what is public.")
        case Role.ANALYST:
            return _("For members: this report has what every member of the cohort may see.")
        case Role.ADMIN:
            return _("For all who have a key: this report has what each of them may see.")
        case Role.ORGANISATION | Role.GUEST:
            return _(
                "Private: this report has what only one organisation may see. Do not pass it on."
            )
        case _:
            return _(
                "Private: this report has what only facilitators and evaluators may see. Do not pass it on."
            )


def unseen(viewer: Viewer, language: Language) -> str:
    """Return the sentence on what the viewer cannot see. It follows from the role alone."""
    _ = language.gettext
    match viewer.role:
        case Role.FACILITATOR if not viewer.cohorts:
            return _("This viewer may see everything that was recorded.")
        case Role.FACILITATOR:
            return _(
                "This viewer may see everything in these cohorts, and cannot see what is not public in others."
            )
        case Role.EVALUATOR:
            return _(
                "This viewer cannot see failures in these cohorts that were caused by deviance and are not shared with "
                "the cohort, and cannot see what is not public in other cohorts."
            )
        case Role.ORGANISATION:
            return _(
                "This viewer cannot see what other organisations keep private, what they share in pairings of which it "
                "is no part, and what is not public in cohorts in which it never was."
            )
        case Role.ANALYST | Role.GUEST if viewer.cohorts:
            return _(
                "This viewer cannot see what is private or shared only in a pairing, and what is not public in other "
                "cohorts."
            )
        case Role.ANALYST | Role.GUEST:
            return _("This viewer cannot see what is private or shared only in a pairing.")
        case Role.ADMIN:
            return _(
                "This viewer cannot see what is not public, except which organisations and cohorts there are, and who "
                "joined them."
            )
        case _:
            return _("This viewer cannot see what is not public.")
