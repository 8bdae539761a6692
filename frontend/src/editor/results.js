// Showing an answer: a table that is sorted and paged here, yes or no, or the text of a graph; and the answer as it came.

import { counted, make, visible } from "./dom.js";

const ROWS_A_PAGE = 100;
const MOST_TEXT = 200_000;
const NUMBERS = /#(?:integer|decimal|double|float|int|long|nonNegativeInteger|positiveInteger)$/;
const XSD_STRING = "http://www.w3.org/2001/XMLSchema#string";

/**
 * Return `{count, body}` for an answer: what it holds in words, and the element that shows it.
 *
 * Things are shown by their names, or by their IRIs without `hasNames`.
 */
export function shown({ contentType, text }, vocabulary, { hasNames = true } = {}) {
  if (!contentType.startsWith("application/sparql-results+json")) return { count: "a graph", body: raw(text) };
  const answer = JSON.parse(text);
  if ("boolean" in answer) return { count: "an answer", body: make("p", { class: "answer" }, answer.boolean ? "Yes." : "No.") };
  const rows = answer.results.bindings;
  const body = rows.length ? pagedTable(answer.head.vars, rows, vocabulary, hasNames) : make("p", { class: "count" }, "No rows: nothing in the graph matches.");
  return { count: counted(rows.length, "row"), body };
}

/** Return the answer as it came, of which the page shows the beginning when it is long. */
export function raw(text) {
  const cut = text.length > MOST_TEXT;
  return make(
    "div",
    {},
    cut ? make("p", { class: "count" }, `The first ${counted(MOST_TEXT, "character")}; the downloads have all of them.`) : null,
    make("pre", { class: "scroll", tabindex: "0", "aria-label": "The answer as it came" }, make("code", {}, visible(text.slice(0, MOST_TEXT)))),
  );
}

/** Whether an answer looks as if the query were wrong: no row, zeros alone, or a column without any value. */
export function isOdd({ contentType, text }) {
  if (!contentType.startsWith("application/sparql-results+json")) return false;
  const answer = JSON.parse(text);
  if ("boolean" in answer) return !answer.boolean;
  const rows = answer.results.bindings;
  const columns = answer.head.vars;
  const areZeros = rows.every((row) => columns.every((name) => row[name] && isNumber(row[name]) && row[name].value === "0"));
  return !rows.length || areZeros || columns.some((name) => rows.every((row) => !row[name]));
}

function pagedTable(columns, all, vocabulary, hasNames) {
  let rows = all;
  let page = 0;
  let sorted = null;
  const pages = Math.ceil(all.length / ROWS_A_PAGE);
  const tbody = make("tbody");
  const place = make("span", { class: "place", role: "status" });
  const turn = (to) => {
    page = Math.min(Math.max(0, to), pages - 1);
    const first = page * ROWS_A_PAGE;
    const part = rows.slice(first, first + ROWS_A_PAGE);
    tbody.replaceChildren(...part.map((row) => make("tr", {}, columns.map((name) => cell(row[name], vocabulary, hasNames)))));
    place.textContent = `Rows ${first + 1} to ${first + part.length} of ${all.length.toLocaleString("en")}`;
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
  };
  const previous = make("button", { type: "button", class: "quiet", onclick: () => turn(page - 1) }, "Previous");
  const next = make("button", { type: "button", class: "quiet", onclick: () => turn(page + 1) }, "Next");
  const heads = columns.map((name) => make("th", { scope: "col" }, make("button", { type: "button", class: "sort", onclick: () => sort(name) }, visible(name))));
  const sort = (name) => {
    const direction = sorted?.name !== name ? "ascending" : sorted.direction === "ascending" ? "descending" : null;
    sorted = direction ? { name, direction } : null;
    rows = sorted ? ordered(all, name, direction) : all;
    heads.forEach((head, at) => (columns[at] === name && direction ? head.setAttribute("aria-sort", direction) : head.removeAttribute("aria-sort")));
    turn(0);
  };
  turn(0);
  return make(
    "div",
    {},
    make(
      "div",
      { class: "scroll", role: "region", "aria-label": "Result", tabindex: "0" },
      make("table", {}, make("thead", {}, make("tr", {}, heads)), tbody),
    ),
    pages > 1 ? make("div", { class: "pager" }, previous, place, next) : null,
  );
}

function ordered(rows, name, direction) {
  const sign = direction === "ascending" ? 1 : -1;
  const compare = (a, b) => {
    if (!a[name] || !b[name]) return a[name] ? -1 : b[name] ? 1 : 0; // unbound cells stay last
    return sign * between(a[name], b[name]);
  };
  return [...rows].sort(compare);
}

function between(a, b) {
  if (isNumber(a) && isNumber(b)) return Number(a.value) - Number(b.value);
  return a.value.localeCompare(b.value, "en", { numeric: true });
}

const isNumber = (term) => NUMBERS.test(term.datatype ?? "");

function cell(term, vocabulary, hasNames) {
  if (!term) return make("td");
  if (term.type === "uri") {
    const target = vocabulary.target(term.value);
    const short = visible(vocabulary.compact(term.value));
    const label = vocabulary.label(term.value);
    const [text, title] = hasNames && label ? [visible(label), short] : [short, label];
    const away = target?.startsWith("http") ? "noreferrer" : null;
    return make("td", { class: text === short ? "iri" : null }, target ? make("a", { href: target, rel: away, title }, text) : text);
  }
  if (term.type === "bnode") return make("td", {}, `_:${term.value}`);
  if (term.type === "triple") return make("td", {}, visible(JSON.stringify(term.value)));
  const language = term["xml:lang"];
  const told = language ? make("span", { class: "language" }, ` ${language}`) : null;
  const datatype = term.datatype && term.datatype !== XSD_STRING ? vocabulary.compact(term.datatype) : null;
  return make("td", { class: isNumber(term) ? "number" : null, title: datatype }, visible(term.value), told);
}
