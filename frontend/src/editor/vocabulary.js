// What the graph calls its things, from terms.json: prefixes, terms to complete, and which IRIs have a page on this host.

/** Return `{load(), prefixes, compact(iri), target(iri)}`; before `load` was called nothing is known, and IRIs stay whole. */
export function vocabularyAt(address) {
  let known = null;
  let loading = null;
  const longest = (iri, pairs) => pairs.filter(([namespace]) => iri.startsWith(namespace) && iri.length > namespace.length).sort((a, b) => b[0].length - a[0].length)[0];
  return {
    load() {
      loading ??= fetchJson(address).then((loaded) => (known = loaded), (reason) => {
        loading = null;
        console.warn(`The terms for completion could not be loaded: ${reason.message}`);
        return { prefixes: {}, terms: [] };
      });
      return loading;
    },
    get prefixes() {
      return known?.prefixes ?? null;
    },
    compact(iri) {
      const best = known && longest(iri, Object.entries(known.prefixes).map(([name, namespace]) => [namespace, name]));
      return best && !iri.slice(best[0].length).includes("/") ? `${best[1]}:${iri.slice(best[0].length)}` : iri;
    },
    target(iri) {
      const place = known && longest(iri, known.places);
      if (place) return place[1] + iri.slice(place[0].length);
      if (known && iri.startsWith(known.base)) return `?${new URLSearchParams({ query: `DESCRIBE <${iri}>` })}`;
      return /^https?:\/\//.test(iri) ? iri : null;
    },
  };
}

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}
