// The editor of the SPARQL page, in the place of the plain form, which works without it.

import { counted, make } from "./editor/dom.js";
import { datasetOf, engineOf, TooLarge } from "./editor/engine.js";
import { isOdd, raw, shown } from "./editor/results.js";
import { keepRun, pastRuns } from "./editor/runs.js";
import { queryField } from "./editor/text.js";
import { vocabularyAt } from "./editor/vocabulary.js";

const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
const form = document.querySelector("form[data-editor]");
if (form) start(form);

function start(form) {
  const area = form.querySelector("textarea");
  const result = document.getElementById("result");
  const dataset = datasetOf(document);
  const vocabulary = vocabularyAt(document.getElementById("terms").href, { isStatic: dataset !== null });
  const engine = engineOf({ dataset, endpoint: form.action, vocabulary });
  const host = make("div", { class: "query-field" });
  const run = make("button", { type: "button", onclick: () => ask() }, "Run");
  const cancel = make("button", { type: "button", class: "quiet", disabled: true, onclick: () => running?.abort() }, "Cancel");
  const share = make("button", { type: "button", class: "quiet", onclick: () => copyLink() }, "Copy link");
  const status = make("p", { class: "count", role: "status" });
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const past = make("details", { class: "runs", hidden: true }, make("summary", {}, "Queries run in this tab"), make("ul", { class: "list" }));
  let running = null;
  let hinting = null;

  host.style.setProperty("--editor-height", `${area.offsetHeight - 2}px`);
  const label = form.querySelector("label[for=query]");
  const field = queryField(host, {
    text: area.value.replace(/\n+$/, "\n"),
    label: label.textContent,
    vocabulary: vocabulary.load,
    known: () => vocabulary.prefixes,
    onRun: () => ask(),
    onFocus: () => void vocabulary.load(),
  });
  area.replaceWith(host);
  label.replaceWith(make("p", { class: "label", "aria-hidden": "true" }, label.textContent));
  form.querySelector("[data-plain]")?.remove();
  form.append(make("div", { class: "buttons" }, run, cancel, share, status), problem);
  form.querySelector(".keys")?.classList.add("shown");
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("past").append(past);
  showPast();

  const told = form.querySelector("#problem");
  if (told?.dataset.line) field.showFault(Number(told.dataset.line), Number(told.dataset.column));

  const asked = () => new URLSearchParams(location.search).get("query");
  // On a page without a server the address alone says what is asked.
  if (asked() && asked().trim() !== field.text.trim()) {
    field.replace(asked());
    ask({ move: false });
  }
  const wanted = dataset && document.querySelector(`a[data-example="${CSS.escape(new URLSearchParams(location.search).get("example") ?? "")}"]`);
  if (wanted) void takeExample(wanted);
  addEventListener("popstate", () => {
    if (asked() === null) return;
    field.replace(asked());
    ask({ move: false });
  });
  for (const example of document.querySelectorAll("a[data-example]")) {
    example.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void takeExample(example);
    });
  }

  async function ask({ move = true } = {}) {
    running?.abort();
    hinting?.abort();
    hinting = null;
    const mine = (running = new AbortController());
    const query = field.text;
    const started = performance.now();
    form.querySelector("#problem")?.remove();
    problem.hidden = true;
    field.clearFault();
    cancel.disabled = false;
    status.textContent = "Running …";
    result.setAttribute("aria-busy", "true");
    if (move && asked() !== query) history.pushState(null, "", `?${new URLSearchParams({ query })}`);
    try {
      const [answer] = await Promise.all([engine.run(query, ACCEPT, mine.signal), vocabulary.load()]);
      if (mine !== running) return;
      const time = `${Math.round(performance.now() - started).toLocaleString("en")} ms`;
      if (answer.status === 200) {
        const { count, body } = shown(answer, vocabulary);
        status.textContent = `${count} · ${time} · ${sizeOf(answer.text)}`;
        showResult(query, answer, body);
        if (isOdd(answer)) void showHints(query);
      } else {
        refuse(answer);
        status.textContent = `Refused after ${time}`;
      }
    } catch (reason) {
      if (mine !== running) return;
      const time = `${Math.round(performance.now() - started).toLocaleString("en")} ms`;
      if (reason.name === "AbortError") status.textContent = `Cancelled after ${time}`;
      else {
        say(reason instanceof TooLarge ? reason.message : `The answer did not come to its end: ${reason.message}. Try again, or ask for less.`);
        status.textContent = `Failed after ${time}`;
        result.replaceChildren(...(reason instanceof TooLarge ? [downloads(query, "table")] : []));
      }
    } finally {
      if (mine === running) {
        running = null;
        cancel.disabled = true;
        result.removeAttribute("aria-busy");
        keepRun(query, status.textContent);
        showPast();
      }
    }
  }

  // What may be wrong with a query that finds nothing.
  async function showHints(query) {
    const mine = (hinting = new AbortController());
    const hints = await engine.hints(query, mine.signal).catch(() => []);
    if (mine !== hinting) return;
    hinting = null;
    if (!hints.length || asked() !== query) return;
    const items = hints.map(({ line, column, text }) => {
      const go = () => (field.showFault(line, column), field.focus());
      return make("li", {}, make("button", { type: "button", class: "plain", onclick: go }, `Line ${line}, column ${column}`), `: ${text}`);
    });
    result.append(make("div", { class: "hints", role: "status" }, make("h2", {}, "What may be wrong"), make("ul", {}, items)));
  }

  function refuse({ text, status: code }) {
    result.replaceChildren();
    let error = {};
    try {
      error = JSON.parse(text).error;
    } catch {
      // whatever stands between this page and the server has answered for it
    }
    say(error.message ?? `The server answered with status ${code}.`);
    if (error.line) {
      const { line, column = 1 } = error;
      field.showFault(line, column);
      const go = () => (field.showFault(line, column), field.focus());
      problem.append(" ", make("button", { type: "button", class: "plain", onclick: go }, `Go to line ${line}, column ${column}`));
    }
  }

  function say(sentence) {
    problem.replaceChildren(sentence);
    problem.hidden = false;
  }

  function showResult(query, answer, body) {
    const isTable = answer.contentType.startsWith("application/sparql-results+json");
    const kind = isTable ? "table" : "graph";
    const views = isTable
      ? { Names: () => body, IRIs: () => shown(answer, vocabulary, { hasNames: false }).body, "As it came": () => raw(answer.text) }
      : { "As it came": () => body };
    const place = make("div", {}, body);
    const choices = Object.entries(views).map(([name, view], at) => {
      const choose = (event) => {
        for (const other of choices) other.setAttribute("aria-pressed", other === event.currentTarget ? "true" : "false");
        place.replaceChildren(view());
      };
      return make("button", { type: "button", class: "quiet", "aria-pressed": at === 0 ? "true" : "false", onclick: choose }, name);
    });
    const bar = make("div", { class: "result-bar" }, choices.length > 1 ? make("div", { class: "views", role: "group", "aria-label": "Show as" }, choices) : null, downloads(query, kind));
    result.replaceChildren(bar, place);
  }

  function downloads(query, kind) {
    const formats = JSON.parse(form.dataset.formats)[kind];
    const links = formats.map(({ name, type }) => {
      const address = engine.address(query, name);
      if (address) return make("a", { href: address }, name);
      return type ? make("button", { type: "button", class: "plain", onclick: () => save(query, name, type) }, name) : null;
    });
    return make("p", { class: "downloads" }, "Download ", ...links);
  }

  async function save(query, name, type) {
    const { text } = await engine.run(query, type, new AbortController().signal);
    const url = URL.createObjectURL(new Blob([text], { type }));
    make("a", { href: url, download: `answer.${name}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  async function copyLink() {
    const link = new URL(location.href);
    link.search = new URLSearchParams({ query: field.text });
    link.hash = "";
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link.href);
      status.textContent = "The link to this query is copied.";
    } catch {
      status.textContent = "The link to this query stands in the address bar.";
    }
  }

  async function takeExample(example) {
    try {
      const response = await fetch(document.getElementById("example-texts").href);
      const text = (await response.json())[example.dataset.example];
      if (typeof text !== "string") throw new Error("no such example");
      field.replace(text);
      field.focus();
      host.scrollIntoView({ block: "nearest" });
      status.textContent = `“${example.textContent}” is in the editor. Undo brings the earlier text back.`;
    } catch {
      location.assign(example.href);
    }
  }

  function showPast() {
    const runs = pastRuns();
    past.hidden = runs.length === 0;
    const take = (query) => () => (field.replace(query), field.focus());
    const items = runs.map(({ query, told }) =>
      make("li", {}, make("button", { type: "button", class: "plain run", onclick: take(query) }, firstLine(query)), make("span", { class: "told" }, told)),
    );
    past.querySelector("ul").replaceChildren(...items);
  }
}

// The first line that says something: no prefix and, where there is another, no comment.
function firstLine(query) {
  const lines = query.split("\n").map((line) => line.trim()).filter((line) => line && !/^PREFIX\b/i.test(line));
  return (lines.find((line) => !line.startsWith("#")) ?? lines[0] ?? "(empty)").slice(0, 90);
}

function sizeOf(text) {
  const bytes = new Blob([text]).size;
  if (bytes < 1000) return counted(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
