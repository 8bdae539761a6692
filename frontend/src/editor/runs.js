// The queries that were run in this tab; they live as long as the tab and go nowhere.

const KEY = "ecp-graph-runs";
const MOST = 30;

/** Return the runs of this tab, the latest first: `{query, told}`. */
export function pastRuns() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Keep a run, in the place of an earlier one of the same query; without storage it is not kept. */
export function keepRun(query, told) {
  const runs = [{ query, told }, ...pastRuns().filter((run) => run.query !== query)].slice(0, MOST);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(runs));
  } catch {
    // full or forbidden
  }
}
