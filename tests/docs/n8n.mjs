// Resolves the parameters of a node of n8n for an item, with n8n's own expressions, and prints them.
import { createRequire } from 'node:module';

const [folder, parameters, item] = process.argv.slice(2);
const { Tournament } = createRequire(folder + '/')('@n8n/tournament');
const expressions = new Tournament((error) => {
  throw error;
});

const resolved = (value) => {
  if (typeof value === 'string' && value.startsWith('='))
    return expressions.execute(value.slice(1), { $json: JSON.parse(item) });
  if (Array.isArray(value)) return value.map(resolved);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one)]));
};
console.log(JSON.stringify(resolved(JSON.parse(parameters))));
