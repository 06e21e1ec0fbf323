// What the normalising caches of clients hold, each with its default settings, of today, of the past, and of two events
// that their sources call alike. Prints, for each client, what it has without asking again, and what it complained of.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, schema, url, key] = process.argv.slice(2);
const from = createRequire(folder + '/');
const headers = { Authorization: `Bearer ${key}` };
const seen = `id text state framings(first: 3) { nodes { id text } }`;
const texts = {
  Today: `query pageTodayQuery { organisation(key: "mill") { id name
    questions(first: 1) { nodes { ${seen} } } journey { id questions(first: 1) { nodes { ${seen} } } } } }`,
  Then: `query pageThenQuery { organisation(key: "mill") { id
    journey(asOf: { position: 7 }) { id position questions(first: 1) { nodes { ${seen} } } } } }`,
  Alike: `query pageAlikeQuery { a: event(position: 9) { id eventId source data }
    b: event(position: 10) { id eventId source data } }`,
  Again: `query pageAgainQuery($ids: [ID!]!) { nodes(ids: $ids) { id ... on Question { ${seen} } } }`,
};
const names = Object.keys(texts);
const ids = ['question/wheel', 'question/wheel@7'].map((text) => Buffer.from(text).toString('base64url'));
const variables = (name) => (name === 'Again' ? { ids } : {});
const results = {};
let complaints = [];
for (const level of ['warn', 'error']) console[level] = (...parts) => complaints.push(parts.join(' '));

const plain = (value) => JSON.parse(JSON.stringify(value, (name, one) => (name === '__typename' || /^__/.test(name) ? undefined : one)));
async function shown(client, ask, look) {
  complaints = [];
  const asked = {};
  for (const name of names) asked[name] = plain(await ask(name));
  const kept = {};
  for (const name of names) kept[name] = plain(await look(name));
  results[client] = { asked, kept, complaints };
}

{
  const { ApolloClient, HttpLink, InMemoryCache } = from('@apollo/client');
  const { gql } = from('graphql-tag');
  const client = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache: new InMemoryCache() });
  const query = (name, fetchPolicy) =>
    client.query({ query: gql(texts[name]), variables: variables(name), fetchPolicy }).then(({ data }) => data);
  await shown('apollo', (name) => query(name, 'network-only'), (name) => query(name, 'cache-only'));
}

{
  const { Client, fetchExchange } = from('@urql/core');
  const { cacheExchange } = from('@urql/exchange-graphcache');
  const client = new Client({
    url,
    fetchOptions: { headers },
    preferGetMethod: false,
    exchanges: [cacheExchange({}), fetchExchange],
  });
  const query = async (name, requestPolicy) => {
    const { data, error } = await client.query(texts[name], variables(name), { requestPolicy }).toPromise();
    return error ? String(error) : data;
  };
  await shown('urql', (name) => query(name, 'network-only'), (name) => query(name, 'cache-only'));
}

const work = mkdtempSync(join(folder, 'page-'));
try {
  mkdirSync(join(work, 'src'));
  const tags = names.map((name) => `export const ${name} = graphql\`${texts[name]}\`;`);
  writeFileSync(join(work, 'src', 'page.js'), ["import { graphql } from 'relay-runtime';", ...tags].join('\n'));
  writeFileSync(join(work, 'schema.graphql'), from('node:fs').readFileSync(schema));
  const config = { src: './src', schema: './schema.graphql', language: 'javascript' };
  writeFileSync(join(work, 'relay.config.json'), JSON.stringify(config));
  execFileSync(process.execPath, [from.resolve('relay-compiler/cli.js')], { cwd: work });
  const { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getRequest } = from('relay-runtime');
  const network = Network.create(async ({ text }, variables) => {
    const body = JSON.stringify({ query: text, variables });
    const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body });
    return answer.json();
  });
  const environment = new Environment({ network, store: new Store(new RecordSource(), { gcReleaseBufferSize: 10 }) });
  const query = (name) => from(join(work, 'src', '__generated__', `page${name}Query.graphql.js`));
  await shown(
    'relay',
    (name) => fetchQuery(environment, query(name), variables(name)).toPromise(),
    (name) => {
      const operation = createOperationDescriptor(getRequest(query(name)), variables(name));
      const { data, isMissingData } = environment.lookup(operation.fragment);
      return isMissingData ? 'missing' : data;
    },
  );
} finally {
  rmSync(work, { recursive: true });
}
console.log(JSON.stringify(results));
process.exit(0);
