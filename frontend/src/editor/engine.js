// What runs a query. An engine is an object with
//   run(query, accept, signal) → Promise<{status, contentType, text}>, rejected with an AbortError when the signal fires,
//   address(query, format) → the address of that answer as a download, or null where there is none,
//   hints(query, signal) → Promise<[{line, column, text}]>: why a query may find nothing.

import { wasmEngine } from "./wasm.js";

// Beyond this a browser is no place to show an answer in.
const MOST_BYTES = 50_000_000;
// A longer address may be refused on its way.
const LONGEST_ADDRESS = 8_000;

/** The answer was longer than the page can show. */
export class TooLarge extends Error {}

/** Return the address of the dataset that the page wants to be asked in the browser, or null. */
export function datasetOf(document) {
  const dataset = document.querySelector('meta[name="ecp-graph-dataset"]');
  return dataset ? new URL(dataset.content, document.baseURI).href : null;
}

/** Return the engine of a page: in the browser when there is a dataset, else over HTTP; see the head of this file. */
export function engineOf({ dataset, endpoint, vocabulary }) {
  return dataset ? wasmEngine(dataset, vocabulary) : httpEngine(endpoint);
}

/** Return an engine that asks a SPARQL 1.1 endpoint; aborting closes the connection, at which the server stops. */
export function httpEngine(endpoint) {
  const address = (query, format) => {
    const url = new URL(endpoint, document.baseURI);
    url.search = new URLSearchParams(format ? { query, format } : { query });
    return url.href.length > LONGEST_ADDRESS ? null : url.href;
  };
  const hints = async (query, signal) => {
    const url = new URL(`${endpoint}/hints.json`, document.baseURI);
    url.search = new URLSearchParams({ query });
    if (url.href.length > LONGEST_ADDRESS) return [];
    const response = await fetch(url, { signal });
    return response.ok ? (await response.json()).hints : [];
  };
  return {
    address,
    hints,
    async run(query, accept, signal) {
      const short = address(query);
      const direct = { method: "POST", body: query, headers: { Accept: accept, "Content-Type": "application/sparql-query" } };
      const response = short
        ? await fetch(short, { headers: { Accept: accept }, signal })
        : await fetch(endpoint, { ...direct, signal });
      const text = await textOf(response, signal);
      return { status: response.status, contentType: response.headers.get("Content-Type") ?? "", text };
    },
  };
}

async function textOf(response) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  const parts = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts.join("") + decoder.decode();
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      await reader.cancel();
      throw new TooLarge(`The answer is longer than the ${MOST_BYTES / 1e6} MB that this page shows. Download it, or add a LIMIT.`);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
}
