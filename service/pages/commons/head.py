"""What a page says to those who find, show and cite it. All of it is public.

Pages for somebody who is signed in have its end only: how the thing is cited and downloaded, as the public has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from events.vocabulary.stream import Stream, key_of, kind_of
from service.pages.commons import citations
from service.pages.commons.answers import read
from service.pages.commons.cards.card import HEIGHT, WIDTH
from service.pages.commons.linked_data import card_address, linked_data
from service.pages.commons.works import Work, work_of
from service.pages.frame.addresses import of_stream, with_query
from service.pages.frame.answers import Asked, Undescribed
from service.pages.frame.page import Answer, Page, Visit
from service.pages.frame.site import Site

_FEEDS: Final = (("/feed.atom", "application/atom+xml"), ("/feed.json", "application/feed+json"))
_ALL: Final = "PUBLIC"
_DESCRIPTION_MAX: Final = 300
"""How many characters of the texts a preview of the page shows. The page shows all of them."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a public page says about itself.

    `canonical` is its absolute address, None if what it shows also depends on the query string. `feeds` are addresses
    and media types. `stream` is that of the thing that the page is about or belongs to, `work` what the page shows of
    it; `is_own` says whether it is the thing's own page.
    """

    head_template: ClassVar[str] = "commons/head.html"
    ending_template: ClassVar[str] = "commons/ending.html"
    card_size: ClassVar[tuple[int, int]] = (WIDTH, HEIGHT)

    site: Site
    canonical: str | None
    feeds: Sequence[tuple[str, str]]
    stream: Stream | None
    work: Work | None
    is_own: bool

    @property
    def linked_data(self) -> Markup | None:
        """The thing as JSON-LD, escaped for a script element; None on a page that is not its own."""
        if self.work is None or not self.is_own:
            return None
        return htmlsafe_json_dumps(linked_data(self.work, self.site), ensure_ascii=False)

    @property
    def description(self) -> str | None:
        """The beginning of the thing's texts."""
        text = " ".join(self.work.text.split()) if self.work else ""
        return text if len(text) <= _DESCRIPTION_MAX else f"{text[:_DESCRIPTION_MAX].rstrip()}…"

    @property
    def card(self) -> str | None:
        """The address of the picture that other sites show with a link to the page."""
        return None if self.stream is None else card_address(self.stream, self.site)

    @property
    def citation(self) -> str | None:
        """The line that cites the thing, None if it is not a thing to cite."""
        if self.work is None or self.work.kind not in citations.CITED:
            return None
        return citations.line(self.work, self.site)


@dataclass(frozen=True, slots=True)
class Described(Undescribed):
    """What the pages of an installation say about themselves. `service.app` gives it to the pages."""

    site: Site

    def head(self, page: Page, visit: Visit, answer: Answer) -> Head | None:
        """Return the head of a page, given what the public sees of it.

        None if the page is about something that the answer of `asks` does not have.
        """
        found = page.stream(visit)
        stream = None if found is None else Stream(found)
        is_own = stream is not None and of_stream(stream) == visit.path
        # Other pages may ask for subjects, too.
        if is_own and "subjects" in answer:
            [subject] = answer["subjects"]
            if subject is None:
                return None
            answer = {"thing": subject}
        one = None if stream is None else work_of(stream, answer)
        is_canonical = stream is not None or not set(visit.query) - {"language"}
        cohort = key_of(stream) if stream is not None and kind_of(stream) == "cohort" else None
        return Head(
            self.site,
            self.site.address + visit.path if is_canonical else None,
            [(with_query(path, {"cohort": cohort}), type_) for path, type_ in _FEEDS],
            stream,
            one,
            is_own,
        )

    def asks(self, page: Page, visit: Visit, answer: Answer) -> Asked | None:
        """Return the query for the thing whose own page this is, None if it cannot be cited or is not public."""
        found = page.stream(visit)
        if found is None or of_stream(found) != visit.path:
            return None
        shown = answer.get("thing") or {}
        if kind_of(Stream(found)) not in citations.CITED or shown.get("visibility", _ALL) != _ALL:
            return None
        return Asked(read("cite.graphql"), {"streams": [found]})
