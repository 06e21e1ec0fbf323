// What the clients that frontends use make of the address given: each with its default settings. Prints results as JSON.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const [folder, url, key] = process.argv.slice(2);
const from = createRequire(folder + '/');
const { gql } = from('graphql-tag');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const headers = { Authorization: `Bearer ${key}` };
const query = gql`query A { organisation(key: "mill") { notes(first: 1) { totalCount } } }`;
const followed = gql`subscription B { timeline(organisation: "mill", after: 5) { ... on NoteAdded { text } } }`;
const results = {};

// Apollo Client: persisted queries by POST and by GET, and a subscription over HTTP, in parts.
const { ApolloClient, ApolloLink, HttpLink, InMemoryCache } = from('@apollo/client');
const { PersistedQueryLink } = from('@apollo/client/link/persisted-queries');
for (const useGETForHashedQueries of [false, true]) {
  const asked = [];
  const counting = (...call) => (asked.push(call), fetch(...call));
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries });
  const link = ApolloLink.from([persisted, new HttpLink({ uri: url, headers, fetch: counting })]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const first = await client.query({ query, fetchPolicy: 'network-only' });
  const second = await client.query({ query, fetchPolicy: 'network-only' });
  results[`apollo persisted ${useGETForHashedQueries ? 'GET' : 'POST'}`] = {
    answers: [first.data, second.data].map((data) => data.organisation.notes.totalCount),
    requests: asked.length,
  };
}
const apollo = new ApolloClient({
  link: new HttpLink({ uri: url, headers }),
  cache: new InMemoryCache(),
});
results['apollo parts'] = await new Promise((resolve, reject) => {
  const stream = apollo.subscribe({ query: followed }).subscribe({
    next: ({ data, error }) => {
      resolve(error ? String(error) : data.timeline.text);
      stream.unsubscribe();
    },
    error: reject,
  });
});

// urql: the same, and its subscription over HTTP is of events.
const { Client, fetchExchange } = from('@urql/core');
const { persistedExchange } = from('@urql/exchange-persisted');
for (const preferGetForPersistedQueries of [false, true]) {
  const asked = [];
  const client = new Client({
    url,
    fetchOptions: { headers },
    fetch: (...call) => (asked.push(call), fetch(...call)),
    preferGetMethod: false,
    exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
  });
  const again = { requestPolicy: 'network-only' };
  const first = await client.query(query, {}, again).toPromise();
  const second = await client.query(query, {}, again).toPromise();
  results[`urql persisted ${preferGetForPersistedQueries ? 'GET' : 'POST'}`] = {
    answers: [first, second].map((found) =>
      found.error ? String(found.error) : found.data.organisation.notes.totalCount,
    ),
    requests: asked.length,
  };
}
const urql = new Client({
  url,
  fetchOptions: { headers },
  fetchSubscriptions: true,
  preferGetMethod: false,
  exchanges: [fetchExchange],
});
results['urql events'] = await new Promise((resolve) => {
  const stream = urql.subscription(followed, {}).subscribe(({ data, error }) => {
    resolve(error ? String(error) : data.timeline.text);
    queueMicrotask(() => stream.unsubscribe());
  });
});

// graphql-ws, with the key where Apollo's documentation puts it, and graphql-sse.
const { print } = from('graphql');
const ws = from('graphql-ws').createClient({
  url: url.replace('http', 'ws'),
  webSocketImpl: from('ws').WebSocket,
  connectionParams: { headers },
});
const sse = from('graphql-sse').createClient({ url, headers });
for (const [name, client] of Object.entries({ 'graphql-ws': ws, 'graphql-sse': sse })) {
  for await (const { data, errors } of client.iterate({ query: print(followed) })) {
    results[name] = errors ? JSON.stringify(errors) : data.timeline.text;
    break;
  }
  client.dispose();
}
console.log(JSON.stringify(results));
process.exit(0);
