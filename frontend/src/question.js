// The form of a catalogue query on a page without a server: its values are bound here, and the query runs in the browser.
//
// The form's data-question holds {name, body, parameters: [{name, type, label, default, required, many, values, things}]};
// things are [value, label, IRI]. The address of the page says what is asked, as on a server.

import { counted, make } from "./editor/dom.js";
import { datasetOf } from "./editor/engine.js";
import { shown } from "./editor/results.js";
import { vocabularyAt } from "./editor/vocabulary.js";
import { wasmEngine } from "./editor/wasm.js";

const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const WHOLE_IRI = /^(?:https?:\/\/|urn:)[^\s<>"{}|^`\\]+$/;
const form = document.querySelector("form[data-question]");
const dataset = datasetOf(document);
if (form && dataset) start(form);

function start(form) {
  const question = JSON.parse(form.dataset.question);
  const result = document.getElementById("result");
  const vocabulary = vocabularyAt(new URL("../sparql/terms.json", dataset).href, { isStatic: true });
  const engine = wasmEngine(dataset, vocabulary);
  let running = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.pushState(null, "", asked.size ? `?${asked}` : location.pathname);
    void show();
  });
  addEventListener("popstate", () => void show());
  if (location.search) void show();

  async function show() {
    const asked = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = asked.getAll(field.name).includes(field.value);
      else if (field.name && asked.has(field.name)) field.value = asked.get(field.name);
    }
    running?.abort();
    const mine = (running = new AbortController());
    result.setAttribute("aria-busy", "true");
    try {
      const query = bound(question, asked);
      const [answer] = await Promise.all([engine.run(query, ACCEPT, mine.signal), vocabulary.load()]);
      if (mine !== running) return;
      if (answer.status !== 200) throw new Error(JSON.parse(answer.text).error.message);
      const { count, body } = shown(answer, vocabulary);
      result.replaceChildren(make("p", { class: "count", role: "status" }, count), body);
      const text = document.querySelector("[data-query-text]");
      if (text) text.textContent = query;
    } catch (reason) {
      if (reason.name !== "AbortError") result.replaceChildren(make("p", { class: "problem", role: "alert" }, reason.message));
    } finally {
      if (mine === running) result.removeAttribute("aria-busy");
    }
  }
}

/** Return the text of the query with its values bound, as the server binds them; throws for one that does not fit. */
export function bound(question, asked) {
  const lines = new Map();
  for (const parameter of question.parameters) {
    let values = asked.getAll(parameter.name).map((value) => value.trim()).filter(Boolean);
    if (values.length > 1 && !parameter.many) throw new Error(`The parameter '${parameter.name}' takes one value, but ${values.length} are given.`);
    if (!values.length && parameter.default !== null) values = [parameter.default];
    if (!values.length && parameter.required) throw new Error(`Give a value for “${parameter.label}”.`);
    lines.set(parameter.name, values.length ? `VALUES (?${parameter.name}) { ${values.map((value) => `(${term(parameter, value)})`).join(" ")} }` : "");
  }
  for (const name of asked.keys()) if (!lines.has(name)) throw new Error(`The query '${question.name}' has no parameter '${name}'.`);
  return question.body.replace(/^([ \t]*)#=[ \t]*(\w+)[ \t]*$/gm, (line, space, name) => (lines.has(name) ? space + lines.get(name) : line));
}

function term(parameter, value) {
  const wanted = value.toLowerCase();
  if (parameter.values.length) {
    const known = parameter.values.find((each) => each.toLowerCase() === wanted);
    if (known !== undefined) return literal(known);
    if (parameter.type === "enum") throw new Error(`'${value}' is not valid for '${parameter.name}': use one of ${parameter.values.join(", ")}.`);
  }
  if (parameter.type === "iri") {
    const found = parameter.things.filter((thing) => thing.some((name) => name.toLowerCase() === wanted));
    if (!found.length && WHOLE_IRI.test(value)) return `<${value}>`; // the list of a large class is cut
    if (found.length !== 1) throw new Error(`'${value}' is not valid for '${parameter.name}': it names ${found.length ? counted(found.length, "thing") : "no thing"} in this graph.`);
    return `<${found[0][2]}>`;
  }
  if (parameter.type === "date") {
    if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value))) throw new Error(`'${value}' is not valid for '${parameter.name}': use a date such as 2017-06-30.`);
    return `${literal(value)}^^<${XSD}date>`;
  }
  if (parameter.type === "integer") {
    if (!/^[+-]?\d{1,18}$/.test(value)) throw new Error(`'${value}' is not valid for '${parameter.name}': use a whole number.`);
    return `${literal(String(BigInt(value)))}^^<${XSD}integer>`;
  }
  return literal(value);
}

function literal(text) {
  const escapes = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r" };
  return `"${text.replace(/["\\\n\r]/g, (character) => escapes[character])}"`;
}
