// The engine for pages without a server: a worker that holds the dataset, and is ended to cancel a query.

/** Return an engine that asks a copy of the dataset inside the browser, loaded when the first query comes. */
export function wasmEngine(dataset, vocabulary) {
  let worker = null;

  async function ask(request, signal) {
    const { prefixes } = await vocabulary.load();
    signal.throwIfAborted();
    worker ??= new Worker(new URL("wasm-engine.js", import.meta.url), { type: "module" });
    const mine = worker;
    const { port1: answers, port2: asked } = new MessageChannel();
    return new Promise((resolve, reject) => {
      const stop = (reason) => {
        mine.terminate();
        if (worker === mine) worker = null;
        reject(reason);
      };
      const abort = () => stop(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      answers.onmessage = ({ data }) => {
        signal.removeEventListener("abort", abort);
        answers.close();
        resolve(data);
      };
      mine.onerror = ({ message }) => stop(new Error(message || "the query engine of this page does not load"));
      mine.postMessage({ ...request, dataset, prefixes }, [asked]);
    });
  }

  return {
    address: () => null,
    hints: (query, signal) => ask({ query, wantsHints: true }, signal),
    run: (query, accept, signal) => ask({ query, accept }, signal),
  };
}
