"""The agenda: runs stories in turns, in the order of their moments."""

from collections.abc import Iterator
from heapq import heappop, heappush

# A story does its next step, then yields the moment at which it wants to continue.
Story = Iterator[int]


class Agenda:
    """Stories that run concurrently, up to a last moment."""

    __slots__ = ("_begun", "_heap", "last", "now")

    def __init__(self, first: int, last: int) -> None:
        self.now = first
        self.last = last
        self._begun = 0
        self._heap: list[tuple[int, int, Story]] = []

    def begin(self, story: Story, at: int) -> None:
        """Schedule the story's first turn at this moment, but not before now."""
        # The count keeps stories with the same moment in the order in which they were begun.
        self._begun += 1
        heappush(self._heap, (max(at, self.now), self._begun, story))

    def turns(self) -> Iterator[int]:
        """Run the stories; yield the moment of each turn. Turns after `last` are dropped."""
        while self._heap:
            at, order, story = heappop(self._heap)
            if at > self.last:
                break
            self.now = at
            following = next(story, None)
            if following is not None:
                heappush(self._heap, (max(following, at), order, story))
            yield at
        self._heap.clear()
