"""What a public page says to programs that find, show and cite it. `service.app` gives it to the pages.

Only pages that are shown to somebody who is not signed in have it, so all of it is public.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from events.vocabulary.stream import Stream, key_of, kind_of
from service.pages.commons import citations
from service.pages.commons.cards.card import HEIGHT, WIDTH
from service.pages.commons.linked_data import card_address, linked_data
from service.pages.commons.works import Work, work_of
from service.pages.frame.addresses import of_stream, with_query
from service.pages.frame.page import Answer, Page, Visit
from service.pages.frame.site import Site

_FEEDS: Final = (("/feed.atom", "application/atom+xml"), ("/feed.json", "application/feed+json"))
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
class Describes:
    """Describes pages for an installation."""

    site: Site

    def __call__(self, page: Page, visit: Visit, answer: Answer) -> Head:
        """Return the head of a page that somebody sees who is not signed in."""
        found = page.stream(visit)
        stream = None if found is None else Stream(found)
        one = None if stream is None else work_of(stream, answer)
        is_canonical = stream is not None or not set(visit.query) - {"language"}
        cohort = key_of(stream) if stream is not None and kind_of(stream) == "cohort" else None
        return Head(
            self.site,
            self.site.address + visit.path if is_canonical else None,
            [(with_query(path, {"cohort": cohort}), type_) for path, type_ in _FEEDS],
            stream,
            one,
            stream is not None and of_stream(stream) == visit.path,
        )
