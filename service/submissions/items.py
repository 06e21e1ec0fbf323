"""Items: the parts of a submission that a mapping goes through, such as each trial of a workshop. `events` calls it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.faults import Fault, expected
from service.submissions.expressions import Expression, Failed, Steps
from service.submissions.submission import RULE, Submission, Unreadable
from service.submissions.values import is_empty

ITEMS_MAX: Final = 50
_EXPRESSION: Final = "hook.expression"


@dataclass(frozen=True)
class Each:
    """A list of a submission, each item of which becomes events of its own.

    The ids of these events have the value of `key` for their item, or its place, counted from 1, if there is no key.
    """

    name: str
    items: Expression
    key: Expression | None

    def of(self, submission: Submission, steps: Steps) -> Sequence[Submission]:
        """Return the submission with each of the items that say something. Raises Unreadable."""
        found = self._value(self.items, submission, steps)
        if found is None:
            return []
        what = f"a list of at most {ITEMS_MAX} items for each.{self.name}"
        if not isinstance(found, list):
            raise self._unreadable(expected(what, found))
        if len(found) > ITEMS_MAX:
            raise self._unreadable(f"Expected {what}, found {len(found):,}.")
        items = [
            submission.with_item(one, str(place))
            for place, one in enumerate(found, 1)
            if not _is_empty(one)
        ]
        return items if self.key is None else self._keyed(self.key, items, steps)

    def _keyed(
        self, key: Expression, items: Sequence[Submission], steps: Steps
    ) -> Sequence[Submission]:
        found: dict[str, Submission] = {}
        for one in items:
            value = self._value(key, one, steps)
            if isinstance(value, bool) or not isinstance(value, str | int) or is_empty(value):
                what = (
                    f"a text or a whole number as the key of item {one.number} of each.{self.name}"
                )
                raise self._unreadable(expected(what, value))
            text = str(value).strip()
            if text in found:
                first = found[text].number
                raise self._unreadable(
                    f"The items {first} and {one.number} of each.{self.name} have the same key {text!r}."
                )
            found[text] = one
        return [one.with_item(one.item, text) for text, one in found.items()]

    def _value(self, expression: Expression, submission: Submission, steps: Steps) -> Any:
        try:
            return expression.value(submission.document, steps)
        except Failed as failed:
            raise Unreadable(Fault(_EXPRESSION, "", f"each.{self.name}: {failed}", None)) from None

    def _unreadable(self, detail: str) -> Unreadable:
        return Unreadable(Fault(RULE, "", detail, None))


def _is_empty(item: Any) -> bool:
    parts = item.values() if isinstance(item, dict) else [item]
    return all(is_empty(one) for one in parts)
