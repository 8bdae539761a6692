// What the graph calls its things, from terms.json: prefixes, terms to complete, and which IRIs have a page on this host.

// What a static host serves under the name that the page has, see names.py of the twin.
const PLAIN_PATH = /^(?:\/[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+$/;

/**
 * Return `{load(), prefixes, compact(iri), label(iri), target(iri)}`; before `load` was called nothing is known, and IRIs stay whole.
 *
 * With `isStatic`, pages are files beside each other, in the folder above the one of `address`.
 */
export function vocabularyAt(address, { isStatic = false } = {}) {
  let known = null;
  let loading = null;
  let labels = null;
  const longest = (iri, pairs) => pairs.filter(([namespace]) => iri.startsWith(namespace) && iri.length > namespace.length).sort((a, b) => b[0].length - a[0].length)[0];
  const fileOf = (page) => {
    const [path, place] = page.split("#");
    return PLAIN_PATH.test(path) ? new URL(`..${path}.html${place ? `#${place}` : ""}`, address).href : null;
  };
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
    label(iri) {
      labels ??= known && new Map(known.terms.map(([name, label]) => [name, label]));
      return labels?.get(this.compact(iri)) ?? labels?.get(`<${iri}>`) ?? null;
    },
    target(iri) {
      const place = known && longest(iri, known.places);
      if (place) return isStatic ? fileOf(place[1] + iri.slice(place[0].length)) : place[1] + iri.slice(place[0].length);
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
