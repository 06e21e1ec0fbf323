// PostGraphile over the views in `peer.sql`. Arguments: the folder of its package, the database's URL, a port.
// Standard input has, as JSON, the settings of each client by its Authorization header; "" is without one.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";

const [folder, database, port] = process.argv.slice(2);
const { postgraphile } = createRequire(`${folder}/package.json`)("postgraphile");
const held = JSON.parse(readFileSync(0, "utf8"));

const answer = postgraphile(database, "peer", {
  dynamicJson: true, // data as JSON, not as a text of it
  disableQueryLog: true,
  pgSettings: (request) => held[request.headers.authorization ?? ""],
});
createServer(answer).listen(Number(port), "127.0.0.1");
