"""The insights in the graph: `extended` adds them to a schema, `PlainAnswers` makes long lists of figures fast."""

from service.graphql.insights.extension import extended, insights_field
from service.graphql.insights.plain import PlainAnswers

__all__ = ["PlainAnswers", "extended", "insights_field"]
