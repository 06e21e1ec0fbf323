"""Explanations of how a query is answered, for the command `howcanwe graphql`."""

from collections.abc import Mapping
from typing import Any

from graphql import get_operation_ast

from service.errors import QueryRefused
from service.graphql.compiler.plan import placeholders
from service.graphql.documents.refused import OperationRefused
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema


def explained(
    query: str,
    variables: Mapping[str, Any] | None,
    name: str | None,
    schema: str,
    limits: Limits | None = None,
) -> str:
    """Return what a query costs, which of its fields are compiled, and the SQL statement for them.

    `schema` is the database schema of the read models. If there are no `variables`, the required ones get placeholders.
    Raises QueryRefused.
    """
    documents = Schema(limits).documents
    try:
        document = documents.document(query)
        node = get_operation_ast(document.node, name)
        if variables is None and node is not None:
            likely = placeholders(documents.graph, node)
            operation = documents.like(document, node, likely)
        else:
            operation = documents.operation(document, name, variables)
    except OperationRefused as refused:
        raise QueryRefused(str(refused)) from None
    cost = f"cost {operation.cost['requested']:,} of {operation.cost['max']:,}"
    lines = [f"# {cost}; at most {operation.rows:,} rows of lists"]
    plan = operation.variables and documents.planned(document, operation.node, operation.variables)
    if not plan:
        return "\n".join([*lines, "# executed by resolvers"])
    lines.append(f"# one statement: {', '.join(plan.columns)}")
    usual = [name for name in plan.names if name not in plan.columns]
    lines += [f"# executed by resolvers: {', '.join(usual)}"] if usual else []
    return "\n".join([*lines, plan.prepared.text(schema)])
