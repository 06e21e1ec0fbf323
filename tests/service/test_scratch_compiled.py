"""Scratch: compiled answers equal those executed as usual."""
import json
from pathlib import Path
import orjson, pytest
from graphql import get_operation_ast, get_variable_values, parse
from events.senders import RECORD, PUBLIC, Role, Sender
from service import demo
from service.files import batches
from service.graphql.compiled.building import NotCompiled
from service.graphql.compiled.plan import Plan
from tests.service.graphql_client import Asker
from events.log import EventLog
from projections.runner import Runner

QUERIES = [
 '{ organisations(first: 3) { totalCount filteredCount nodes { key id name stream __typename } pageInfo { hasNextPage endCursor startCursor hasPreviousPage } } }',
 '{ organisations(last: 2) { edges { cursor node { key position time visibility sector } } pageInfo { hasNextPage endCursor startCursor hasPreviousPage } } }',
 '{ organisation(key: "mill-museum") { name questions(first: 2) { totalCount nodes { text state themes closedAt iterations(first: 1, order: {by: TIME, direction: DESC}) { nodes { title state cohort { key } organisation { name } observations(last: 1) { nodes { position time } } } } } } learnings(first: 20) { nodes { statement loop evidenceLevel sources { __typename key } adoptions(first: 5) { nodes { adaptation organisation { name } learning { key } } } notes(first: 3) { totalCount nodes { text about { stream } } } } } } }',
 '{ a: question(key: "nope") { text } cohort(key: "heritage-2024") { title members: organisations(first: 10) { nodes { name } } memberships(first: 3) { nodes { organisation { key } cohort { key } } } } }',
 '{ learnings(first: 50, order: {by: STATEMENT}) { edges { cursor node { statement } } } }',
]


WHO=[RECORD,PUBLIC,Sender("a",Role.ANALYST),Sender("m",Role.ORGANISATION,organisation="mill-museum"),Sender("f",Role.FACILITATOR,frozenset(["heritage-2024"]))]

@pytest.fixture
async def asker(database_url: str):
    async with await EventLog.open(database_url, master_key=bytes(32)) as log:
        for batch in batches((orjson.loads(line) for line in demo.lines()), 100):
            await log.append(batch)
        async with Runner(log) as runner:
            await runner.catch_up()
            found = Asker(log, runner, catches_up=False)
            yield found
            await found.http.aclose()

async def test_it(asker: Asker):
    from service.graphql.schema import Schema
    schema=Schema(asker.limits)
    folder=Path("tests/data/queries")
    queries=[(q,{}) for q in QUERIES]
    given={"organisation":"mill-museum","cohort":"heritage-2024","text":"visitors","question":"mill-labels","iteration":"label-wall-1","learning":"x","id":"b3JnYW5pc2F0aW9uL21pbGwtbXVzZXVt"}
    import re
    for path in sorted(folder.glob("*.graphql")):
        q=path.read_text(); declared=set(re.findall(r"\$(\w+): \w+!", q)); queries.append((q,{n:v for n,v in given.items() if n in declared}))
    import time
    for q,v in queries:
        doc=parse(q); op=get_operation_ast(doc,None)
        vars=get_variable_values(schema.graph, op.variable_definitions or (), v)
        try:
            plan=Plan.of(schema.graph,doc,op,vars,asker.limits)
        except NotCompiled as e:
            print("NOT", q.split("\n")[0][:50], e); continue
        for who in WHO:
            asker.viewer=who
            expected=await asker.ask(q,**v)
            [row]=await asker.runner.read_models.seen(who, plan.statement.params(plan.values(vars)))
            found={n: None if t is None else orjson.loads(t) for n,t in plan.answer(row).items()}
            if found!=expected:
                print("DIFF", q[:80], who.role, "\n", str(expected)[:1500], "\n", str(found)[:1500]); assert False
        print("same", q.split("\n")[0][:60], "")

    from tests.service.scratch_bench import bench
    for who in (WHO[0],WHO[3]):
        await bench(asker, queries, who, schema)
