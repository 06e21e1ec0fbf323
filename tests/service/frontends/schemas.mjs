// Compiles every schema in the file with Ajv, strictly, and prints for each the verdicts on its data.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, file] = process.argv.slice(2);
const from = createRequire(folder + '/');
const Ajv = from('ajv/dist/2020').default;
const addFormats = from('ajv-formats').default;

const { keywords, tried } = JSON.parse(readFileSync(file));
const ajv = addFormats(new Ajv({ strict: true, allErrors: true }));
ajv.addVocabulary(Object.keys(keywords));
const verdicts = tried.map(({ schema, data }) => {
  const validate = ajv.compile(schema);
  return data.map((one) => validate(one));
});
console.log(JSON.stringify(verdicts));
