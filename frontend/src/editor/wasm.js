// The engine for pages without a server: a worker that holds the dataset, and is ended to cancel a query.

/** Return an engine that asks a copy of the dataset inside the browser, loaded when the first query comes. */
export function wasmEngine(dataset, vocabulary) {
  let worker = null;
  return {
    address: () => null,
    hints: () => null,
    async run(query, accept, signal) {
      const { prefixes } = await vocabulary.load();
      signal.throwIfAborted();
      worker ??= new Worker(new URL("wasm-engine.js", import.meta.url), { type: "module" });
      const mine = worker;
      const stop = () => {
        mine.terminate();
        if (worker === mine) worker = null;
      };
      return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => (stop(), reject(signal.reason)), { once: true });
        mine.onmessage = ({ data }) => resolve(data);
        mine.onerror = ({ message }) => (stop(), reject(new Error(message || "the query engine of this page does not load")));
        mine.postMessage({ query, accept, dataset, prefixes });
      });
    },
  };
}
