import time, statistics
import orjson
from graphql import get_operation_ast, get_variable_values, parse
from pathlib import Path
from service.graphql.compiled.building import NotCompiled
from service.graphql.compiled.plan import Plan
from projections.narrowing import guarded, CLEAR, SINCE
from projections.audiences import given as given_tokens
from sqlalchemy.dialects.postgresql import asyncpg as pg
async def bench(asker, queries, who, schema):
    rm=asker.runner.read_models
    viewer=await rm.viewer(who)
    async with rm._engine.connect() as connection:
        raw=(await connection.get_raw_connection()).driver_connection
        await raw.execute("set plan_cache_mode=force_generic_plan")
        for q,v in queries:
            doc=parse(q); op=get_operation_ast(doc,None)
            vars=get_variable_values(schema.graph, op.variable_definitions or (), v)
            try: 
                t=time.perf_counter(); plan=Plan.of(schema.graph,doc,op,vars,asker.limits)
            except NotCompiled: continue
            built=time.perf_counter()-t
            t=time.perf_counter()
            comp=guarded(plan.statement).compile(dialect=connection.dialect, schema_translate_map={"read_models": rm.schema})
            sql=comp.preparer._render_schema_translates(str(comp), {"read_models": rm.schema})
            compiled=time.perf_counter()-t
            names=comp.positiontup
            base=comp.params
            async def once():
                vs={**plan.values(get_variable_values(schema.graph, op.variable_definitions or (), v)), **given_tokens(viewer), CLEAR:0, SINCE: 10**9}
                args=[vs.get(n, base[n]) for n in names]
                row=await raw.fetchrow(sql,*args)
                return orjson.dumps({"data":{n: orjson.Fragment(row[f"field{i}"]) if row[f"field{i}"] else None for i,n in enumerate(plan.names)}})
            try: out=await once()
            except Exception as e: print("ERR", str(e)[:200]); continue
            ts=[];cs=[]
            for _ in range(30):
                t=time.perf_counter(); c=time.process_time(); out=await once(); ts.append(time.perf_counter()-t); cs.append(time.process_time()-c)
            asker.viewer=who
            us=[];uc=[]
            for _ in range(5):
                t=time.perf_counter(); c=time.process_time(); await asker.post(q,variables=v); us.append(time.perf_counter()-t); uc.append(time.process_time()-c)
            print(f"{q.splitlines()[0][:50]:50} {len(out):7} B build {built*1e3:.0f} compile {compiled*1e3:.0f} sql {len(sql)//1000}k | compiled p50 {statistics.median(ts)*1e3:.2f} cpu {statistics.median(cs)*1e3:.2f} | usual p50 {statistics.median(us)*1e3:.1f} cpu {statistics.median(uc)*1e3:.1f}")
