// A real OpenID provider (oidc-provider) for the tests: PORT's two clients, whoever signs in is who the form says.
// usage: node provider.mjs MODULES CONFIGURATION — prints the port it listens on; JSON lines on standard input: new keys.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, configuration] = process.argv.slice(2);
const entry = createRequire(`${modules}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(entry).href);
const { client, redirect, keys, port } = JSON.parse(readFileSync(configuration, "utf8"));

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ ...client, redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"] }],
  jwks: { keys },
  pkce: { required: () => true },
  claims: { openid: ["sub"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: { devInteractions: { enabled: true } },
});
createServer(provider.callback()).listen(port, "localhost", () => console.log("ready"));
