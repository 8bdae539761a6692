// The engine for pages without a server: a worker that holds the dataset, and is ended to cancel a query.

/** Return an engine that asks a copy of the dataset inside the browser, loaded when the first query comes. */
export function wasmEngine(dataset) {
  let worker = null;
  return {
    address: () => null,
    run(query, accept, signal) {
      worker ??= new Worker(new URL("wasm-engine.js", import.meta.url), { type: "module" });
      const mine = worker;
      return new Promise((resolve, reject) => {
        const end = (settle, value) => {
          signal.removeEventListener("abort", cancel);
          settle(value);
        };
        const cancel = () => {
          mine.terminate();
          worker = null;
          end(reject, new DOMException("cancelled", "AbortError"));
        };
        signal.addEventListener("abort", cancel);
        mine.onmessage = ({ data }) => end(resolve, data);
        mine.onerror = ({ message }) => {
          worker = null;
          end(reject, new Error(message || "The query engine of this page could not be loaded."));
        };
        mine.postMessage({ query, accept, dataset });
      });
    },
  };
}
