// Runs the public audits of GraphQL over HTTP against the address given, and prints what came of each as JSON.
import { createRequire } from 'node:module';

const [folder, url] = process.argv.slice(2);
const { serverAudits } = createRequire(folder + '/')('graphql-http');
const results = [];
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason: reason ?? null });
}
console.log(JSON.stringify(results));
