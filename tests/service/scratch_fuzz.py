import random, orjson, sys
from graphql import *
from graphql.type import *
from service.graphql.compiled.building import NotCompiled
from service.graphql.compiled.plan import Plan
SKIP={"insights","search","node","event","events","journey","name@Person","__schema"}
def gen(schema, rng, keys):
    def sel(t, depth):
        t=get_named_type(t)
        if is_union_type(t):
            poss=list(schema.get_possible_types(t)); out=["__typename"]
            if rng.random()<.6: out.append("... on TimelineEntry {"+sel(schema.get_type("TimelineEntry"),depth)+"}")
            for one in rng.sample(poss,3): out.append("... on %s {%s}"%(one.name, sel(one,depth)))
            return " ".join(out)
        out=[]
        names=list(t.fields)
        rng.shuffle(names)
        for n in names[:rng.choice([2,3,5,8])]:
            f=t.fields[n]
            if n in SKIP or (t.name=="Person" and n in("name","email")): continue
            nt=get_named_type(f.type)
            args=[]
            if is_leaf_type(nt):
                s=n
            else:
                if depth<=0: continue
                s=n
            if "first" in f.args:
                if rng.random()<.5: args.append("first: %d"%rng.choice([1,2,3,7]))
                else: args.append("last: %d"%rng.choice([1,2,3,7]))
            if "order" in f.args and rng.random()<.3:
                by=list(get_named_type(f.args["order"].type).fields["by"].type.of_type.values)
                args.append("order: {by: %s, direction: %s}"%(rng.choice(by),rng.choice(["ASC","DESC"])))
            if "where" in f.args and rng.random()<.3:
                ft=get_named_type(f.args["where"].type); parts=[]
                for fn,ff in ft.fields.items():
                    if rng.random()>.25: continue
                    ty=get_named_type(ff.type)
                    if is_enum_type(ty): parts.append("%s: [%s]"%(fn,", ".join(rng.sample(list(ty.values),min(2,len(ty.values))))))
                    elif fn in("organisation","cohort"): parts.append('%s: ["%s"]'%(fn,rng.choice(keys.get(fn,["x"]))))
                    elif fn=="text": parts.append('text: "%s"'%rng.choice(["a","the","50%","o_e"]))
                    elif fn=="time": parts.append('time: {from: "2024-04-01T00:00:00Z"}')
                    elif fn=="not": parts.append('not: {text: "the"}')
                    elif ty.name=="IntRange": parts.append("%s: {min: 2}"%fn)
                    elif fn=="themes": parts.append('themes: ["Trust","place"]')
                args.append("where: {%s}"%", ".join(parts))
            if "kinds" in f.args and rng.random()<.3:
                args.append("kinds: [%s]"%", ".join(rng.sample(list(get_named_type(f.args["kinds"].type).values),5)))
            if "key" in f.args: args.append('key: "%s"'%rng.choice(keys.get(n,["nope"])))
            if "asOf" in f.args: continue
            s+=("(%s)"%", ".join(args) if args else "")
            if not is_leaf_type(nt):
                below=sel(nt, depth-1)
                s+=" {%s}"%below
            alias="a%d: "%rng.randrange(10**6) if rng.random()<.2 and args else ""
            out.append(alias+s)
        return " ".join(out) or "__typename"
    return "{ %s }"%sel(schema.query_type, rng.choice([2,3,4]))
async def fuzz(asker, who, schema, n, seed=0):
    rm=asker.runner.read_models
    keys={}
    for kind in ("organisation","cohort","question","iteration","failure","learning","inspiration","ask","outcome","publication","pairing","person"):
        plural=kind+"s" if kind!="inquiry" else kind
        d=(await asker.ask("{ %s(first: 20) { nodes { key } } }"%plural))[plural]["nodes"]
        keys[kind]=[x["key"] for x in d] or ["nope"]
    same=skipped=0; bad=0; why={}
    for i in range(n):
        rng=random.Random(seed*100000+i)
        q=gen(schema.graph,rng,keys)
        try: doc=parse(q)
        except Exception as e: continue
        if validate(schema.graph,doc): skipped+=1; why["invalid "+validate(schema.graph,doc)[0].message[:40]]=why.get("invalid",0)+1; continue
        op=get_operation_ast(doc,None); vars=get_variable_values(schema.graph,(),{})
        asker.viewer=viewer=rng.choice(who)
        try: plan=Plan.of(schema.graph,doc,op,vars,asker.limits)
        except NotCompiled as e: why[str(e)]=why.get(str(e),0)+1; continue
        r=(await asker.post(q)).json()
        if "errors" in r: why["error "+r["errors"][0]["message"][:50]]=why.get("error "+r["errors"][0]["message"][:50],0)+1; continue
        try:
            [row]=await rm.seen(viewer, plan.statement.params(plan.values(vars)))
        except Exception as e:
            bad+=1; print("FAIL", i, str(e)[:300], q[:600]); 
            if bad>4: break
            continue
        found={k: None if t is None else orjson.loads(t) for k,t in plan.answer(row).items()}
        if found!=r["data"]:
            bad+=1
            def diff(a,b,path=""):
                if type(a)!=type(b): return f"{path}: {str(a)[:200]} != {str(b)[:200]}"
                if isinstance(a,dict):
                    for k in a:
                        if k not in b: return f"{path}.{k} missing"
                        d=diff(a[k],b[k],path+"."+k)
                        if d: return d
                    return None
                if isinstance(a,list):
                    if len(a)!=len(b): return f"{path} len {len(a)} {len(b)}"
                    for j,(x,y) in enumerate(zip(a,b)):
                        d=diff(x,y,f"{path}[{j}]")
                        if d: return d
                    return None
                return None if a==b else f"{path}: {a!r} != {b!r}"
            print("DIFF", i, viewer.role.value, diff(r["data"],found), "\n   ", q[:700])
            if bad>6: break
        else: same+=1
    print("same",same,"bad",bad,"skipped",skipped,why)
