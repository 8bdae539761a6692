// A worker that answers SPARQL from a dataset, for pages without a server: Oxigraph as WebAssembly.
//
// It is sent {query, accept, dataset, prefixes} with a port, and answers there with {status, contentType, text}, as the
// endpoint of a server would; with {wantsHints} in the place of what is accepted, the hints on the query. The first message
// loads the dataset: N-Quads, compressed with gzip or not.

import init, { Store } from "oxigraph/web.js";

import { hints } from "./hints/hints.js";

const TABLES = ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"];
const NO_WORDS = /<[^<>"{}|^`\\\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#.*$|[\w-]*:[\w.-]*|[?$]\w+/gm;

let loading = null;

addEventListener("message", async ({ data: { query, accept, dataset, prefixes, wantsHints }, ports: [port] }) => {
  try {
    loading ??= load(dataset);
    const store = await loading;
    port.postMessage(wantsHints ? hintsOn(store, query, prefixes) : answer(store, query, accept, prefixes));
  } catch (reason) {
    loading = null;
    port.postMessage(wantsHints ? [] : refusal(503, "no-release", `The dataset could not be loaded: ${reason.message ?? reason}`));
  }
});

async function load(dataset) {
  const [, text] = await Promise.all([init(), fetchText(dataset)]);
  const store = new Store();
  store.load(text, { format: "application/n-quads", no_transaction: true, lenient: true });
  // The default graph is the merge of the named graphs, each triple once, as on a server.
  store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }");
  return store;
}

async function fetchText(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Some hosts have it decompressed by the browser already.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

function answer(store, query, accept, prefixes) {
  const form = query.replace(NO_WORDS, " ").match(/\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i)?.[1].toUpperCase();
  const isGraph = form === "CONSTRUCT" || form === "DESCRIBE";
  const wanted = accept.split(",").map((part) => part.split(";")[0].trim());
  // The page asks for formats that the server knows: one that is none of a table is one of a graph.
  const contentType = wanted.find((type) => TABLES.includes(type) !== isGraph) ?? (isGraph ? "text/turtle" : TABLES[0]);
  try {
    const text = store.query(withPrefixes(query, prefixes), { results_format: contentType });
    return { status: 200, contentType, text };
  } catch (reason) {
    const told = String(reason.message ?? reason);
    const place = told.match(/error at (\d+):(\d+): (.*)/s);
    if (!place) return refusal(400, "malformed-query", told);
    const [line, column] = [Math.max(1, place[1] - 1), Number(place[2])];
    return refusal(400, "malformed-query", `Line ${line}, column ${column}: ${place[3]}`, { line, column });
  }
}

function hintsOn(store, query, prefixes) {
  const ask = (check) => JSON.parse(store.query(withPrefixes(check, prefixes), { results_format: TABLES[0] }));
  return hints(query, ask, prefixes);
}

// The prefixes stand on one line, so that the lines of a fault are off by one.
function withPrefixes(query, prefixes) {
  const known = Object.entries(prefixes).map(([name, namespace]) => `PREFIX ${name}: <${namespace}>`);
  return `${known.join(" ")}\n${query}`;
}

function refusal(status, code, message, place = {}) {
  return { status, contentType: "application/json", text: JSON.stringify({ error: { code, message, ...place } }) };
}
