// Parses an AsyncAPI document with the reference parser, and prints what it finds.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, file] = process.argv.slice(2);
const { Parser } = createRequire(folder + '/')('@asyncapi/parser');

const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'));
const operations = document.operations().all().map((one) => one.id());
console.log(JSON.stringify({ operations, diagnostics }));
