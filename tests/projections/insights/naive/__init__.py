"""Every figure of the insights a second time, straight from its definition, by plain loops over a list of events.

Nothing is shared with the product but the vocabulary (which fields name what). It is slow and means to be: a reader can
hold each function against the definition it is for.
"""

from tests.projections.insights.naive.figures import Asked, insights
from tests.projections.insights.naive.history import History
from tests.projections.insights.naive.scope import Scope
from tests.projections.insights.naive.visibility import Viewer

__all__ = ["Asked", "History", "Scope", "Viewer", "insights"]
