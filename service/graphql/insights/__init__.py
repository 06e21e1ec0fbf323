"""The insights in the graph: `insights_field` asks for them, `PlainAnswers` makes long lists of figures fast."""

from service.graphql.insights.extension import insights_field
from service.graphql.insights.plain import PlainAnswers

__all__ = ["PlainAnswers", "insights_field"]
