// Suggestions under a search field: a combobox with a list, as the ARIA practices describe it. Without it the form is a form.
//
// The form says where suggestions come from: `data-suggest` answers `?q=` with JSON; `data-index` is the whole index, which
// is searched here where there is no server, that is, in the static site of the site.

import { withQuestions } from "./asking.js";
import { createIndex, placed } from "./ranking.js";

const WAIT_MS = 120;
const MOST = 8;
const MOST_HITS = 200;

let number = 0;
const loaded = new Map();
const hasServer = !document.querySelector('meta[name="ecp-graph-dataset"]');

for (const form of document.querySelectorAll("form[data-suggest], form[data-index]")) {
  const input = form.querySelector("input[type=search]");
  if (input) suggestUnder(form, input, source(form));
}
showResults();

/** A function that gives the answer to a text, from the server or from the index. */
function source(form) {
  const { suggest, index } = form.dataset;
  if (hasServer && suggest) {
    return async (text, signal) => {
      const address = new URL(suggest, location.href);
      address.searchParams.set("q", text);
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(response.statusText);
      return response.json();
    };
  }
  return async (text, signal, most = MOST) => {
    const names = await load(new URL(index, location.href));
    const found = names.find(text, most);
    return { ...found, near: found.total ? [] : names.nearest(text) };
  };
}

function load(address) {
  if (!loaded.has(address.href)) loaded.set(address.href, read(address));
  return loaded.get(address.href);
}

/** The index at an address, which lies at the root of the site wherever the site is put. */
async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  const { entries, base: home, asking, error } = await response.json();
  if (error) throw new Error(error.message); // the file says why there is no index
  const [base, root] = [home.replace(/index\.html$/, ""), new URL(".", address).href];
  const names = createIndex({ entries, base }, root);
  const pathOf = (url) => (url.startsWith(root) ? `/${url.slice(root.length)}`.replace(/\.html$/, "") : null);
  return { ...names, find: withQuestions(names, asking, { place: (url) => placed(url, base, root), pathOf }) };
}

function suggestUnder(form, input, ask) {
  const id = `suggestions-${++number}`;
  const list = element("ul", { id, role: "listbox", class: "suggestions", hidden: "", "aria-label": "Suggestions" });
  const said = element("p", { role: "status", class: "visually-hidden" });
  form.classList.add("combobox");
  input.after(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": id,
    "aria-expanded": "false",
  })) {
    input.setAttribute(name, value);
  }

  let hits = [];
  let active = -1;
  let timer = 0;
  let asking = null;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    hits = [];
    active = -1;
    said.textContent = "";
  }

  function mark(at) {
    active = at;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (at < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  function show(answer) {
    hits = answer.hits;
    list.replaceChildren(...hits.map((hit, at) => option(hit, `${id}-${at}`)));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(Boolean(hits.length)));
    mark(-1);
    if (hits.length) said.textContent = `${hits.length} of ${answer.total} suggestions`;
    else said.textContent = "No suggestions";
  }

  async function suggest() {
    asking?.abort();
    const text = input.value.trim();
    if (!text) return close();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await ask(text, signal);
      if (!signal.aborted && document.activeElement === input) show(answer);
    } catch {
      if (!signal.aborted) close(); // the form still works
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, WAIT_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void suggest();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = hits.length + 1; // the field itself is one of them
      mark(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      location.assign(hits[active].url);
    }
  });
  // The field keeps the focus while a suggestion is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (at >= 0) location.assign(hits[at].url);
  });
}

function option(hit, id) {
  const item = element("li", { id, role: "option", "aria-selected": "false" });
  const label = element("span", {}, hit.label);
  const about = [hit.kind, hit.code && hit.code !== hit.label ? hit.code : ""].filter(Boolean).join(" · ");
  const also = isAlso(hit) ? ` · also called “${hit.matched}”` : "";
  item.append(label, " ", element("small", {}, about + also));
  return item;
}

/** Whether a hit was found by another name that people use; that of a question is for programs. */
function isAlso(hit) {
  return hit.matchedKind === "other" && hit.kind !== "question";
}

/** A page of a site without a server shows the hits of its address itself. */
async function showResults() {
  const place = document.getElementById("search-results");
  const form = document.querySelector("form.search-form[data-index]");
  if (hasServer) return;
  const text = new URLSearchParams(location.search).get("q")?.trim();
  if (!place || !form || !text) return;
  form.querySelector("input[type=search]").value = text;
  let answer;
  try {
    answer = await source(form)(text, undefined, MOST_HITS);
  } catch (reason) {
    const refused = document.getElementById("search-refused");
    const why = refused ? "" : ` ${reason.message}`;
    const line = element("p", { class: "nothing", role: "status" }, `The names cannot be searched here.${why}`);
    return place.replaceChildren(line);
  }
  const kinds = new Map();
  for (const hit of answer.hits) kinds.set(hit.kind, [...(kinds.get(hit.kind) ?? []), hit]);
  const count = answer.total ? `${answer.total} ${answer.total === 1 ? "hit" : "hits"} for ` : "Nothing is called ";
  const head = element("p", { class: answer.total ? "count" : "nothing", role: "status" }, count);
  head.append(element("q", {}, text));
  const sections = [...kinds].map(([kind, hits]) => {
    const section = element("section", { class: "hits" });
    const title = element("h2", {}, kind.charAt(0).toUpperCase() + kind.slice(1) + " ");
    title.append(element("span", {}, String(hits.length)));
    const items = element("ul", {});
    for (const hit of hits) {
      const item = element("li", {});
      item.append(element("a", { href: hit.url }, hit.label));
      if (hit.code) item.append(" ", element("code", {}, hit.code));
      if (isAlso(hit)) {
        const also = element("span", { class: "also" }, "also called ");
        also.append(element("q", {}, hit.matched));
        item.append(" ", also);
      }
      items.append(item);
    }
    section.append(title, items);
    return section;
  });
  const near = answer.near.map((other) => {
    const line = element("p", {}, "Did you mean ");
    line.append(element("a", { href: `?${new URLSearchParams({ q: other })}` }, other), "?");
    return line;
  });
  place.replaceChildren(head, ...near, ...sections);
}

function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = visible(text);
  return made;
}

/** The text without the characters that turn the direction of what follows. */
function visible(text) {
  return text.replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g, "\ufffd");
}
