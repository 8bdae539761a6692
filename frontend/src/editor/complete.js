// Completion: prefixes, keywords, variables of the text, and the graph's own terms by name or by label.

import { pickedCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";

const WORDS = `SELECT ASK CONSTRUCT DESCRIBE WHERE DISTINCT REDUCED PREFIX FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND AS
VALUES UNDEF EXISTS NOT IN ORDER BY GROUP HAVING ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES
DATATYPE BOUND IRI STRLEN SUBSTR UCASE LCASE CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER CONCAT REPLACE REGEX ABS ROUND CEIL FLOOR
NOW YEAR MONTH DAY COALESCE IF SAMETERM ISIRI ISBLANK ISLITERAL ISNUMERIC`.split(/\s+/);
const MOST_SHOWN = 60;
const DECLARED = /^[ \t]*PREFIX[ \t]+([\w.-]*)[ \t]*:.*$/gim;
const HEAD = /^(?:[ \t]*(?:#.*|BASE\b.*)?\n)*/i;
const PLAIN_TEXT = /Comment|String|IriRef/;

/** Return the change that declares a prefix among the others, in the order of the alphabet; null when there is no need. */
export function declaration(text, prefix, prefixes) {
  const namespace = prefixes[prefix];
  const declared = [...text.matchAll(DECLARED)];
  if (!namespace || declared.some((found) => found[1] === prefix)) return null;
  const line = `PREFIX ${prefix}: <${namespace}>`;
  const next = declared.find((found) => found[1] > prefix);
  if (next) return { from: next.index, insert: `${line}\n` };
  const last = declared.at(-1);
  if (last) return { from: last.index + last[0].length, insert: `\n${line}` };
  return { from: text.match(HEAD)[0].length, insert: `${line}\n` };
}

/** Return a CodeMirror completion source; `vocabulary` gives a promise of `{prefixes, terms}`, see terms.json. */
export function completions(vocabulary) {
  return async (context) => {
    if (PLAIN_TEXT.test(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null;
    const word = context.matchBefore(/[?$]\w*|[A-Za-z][\w-]*(?::[\w.-]*)?/);
    if (!word && !context.explicit) return null;
    const typed = word?.text ?? "";
    const from = word?.from ?? context.pos;
    const text = context.state.doc.toString();
    if (/^[?$]/.test(typed)) return { from, options: variables(text, typed), filter: false };
    const before = text.slice(0, from);
    if (/\b(?:PREFIX|BASE)\s*$/i.test(before)) return null;
    const { prefixes, terms } = await vocabulary();
    const options = [
      ...found(terms, typed, /(?:^|[\s;{])(?:a|rdf:type)\s+$/.test(before), prefixes),
      ...(typed.includes(":") ? [] : [...starting(Object.keys(prefixes), typed, prefixes), ...words(typed)]),
    ];
    return { from, options, filter: false };
  };
}

/** Return the extension that declares a known prefix as soon as one types its colon. */
export function declaring(known) {
  return EditorState.transactionFilter.of((change) => {
    if (!change.isUserEvent("input.type") || !known()) return change;
    let end = -1;
    change.changes.iterChanges((_a, _b, _c, to, inserted) => {
      if (inserted.toString() === ":") end = to;
    });
    if (end < 0) return change;
    const text = change.newDoc.toString();
    const line = text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
    const name = line.match(/(?:^|[\s;,.(){}|/^!\[])([A-Za-z][\w-]*):$/);
    const place = syntaxTree(change.startState).resolveInner(end - 1, -1).name;
    if (!name || /^\s*PREFIX/i.test(line) || PLAIN_TEXT.test(place)) return change;
    const added = declaration(text, name[1], known());
    return added ? [change, { changes: added, sequential: true }] : change;
  });
}

function variables(text, typed) {
  const names = new Set(text.match(/[?$]\w+/g));
  names.delete(typed);
  return [...names].filter((name) => name.startsWith(typed)).map((label) => ({ label, type: "variable" }));
}

function starting(names, typed, prefixes) {
  return names
    .filter((name) => name.startsWith(typed))
    .map((name) => ({ label: `${name}:`, detail: prefixes[name], type: "namespace", apply: insertion(`${name}:`, prefixes) }));
}

function words(typed) {
  const capital = typed.toUpperCase();
  return typed ? WORDS.filter((word) => word.startsWith(capital)).map((label) => ({ label, type: "keyword" })) : [];
}

function found(terms, typed, wantsClass, prefixes) {
  const wanted = typed.toLowerCase();
  const ranked = [];
  for (const [name, label, kind] of terms) {
    const rank = rankOf(name.toLowerCase(), label.toLowerCase(), wanted);
    if (rank !== null) ranked.push([wantsClass && kind !== "class" ? rank + 10 : rank, label, name, kind]);
  }
  ranked.sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]));
  return ranked.slice(0, MOST_SHOWN).map(([, label, name, kind]) => ({
    label: name,
    detail: `${label} · ${kind}`,
    type: kind === "class" || kind === "property" ? kind : "constant",
    apply: insertion(name, prefixes),
  }));
}

function rankOf(name, label, wanted) {
  if (name.startsWith(wanted)) return 0;
  const [prefix, typed] = wanted.includes(":") ? wanted.split(":") : ["", wanted];
  if (prefix && !name.startsWith(`${prefix}:`)) return null;
  if (name.slice(name.indexOf(":") + 1).startsWith(typed)) return 1;
  if (label.startsWith(typed)) return 2;
  if (label.includes(` ${typed}`)) return 3;
  return typed.length > 2 && (name.includes(typed) || label.includes(typed)) ? 4 : null;
}

function insertion(name, prefixes) {
  return (view, completion, from, to) => {
    const added = name.startsWith("<") ? null : declaration(view.state.doc.toString(), name.split(":")[0], prefixes);
    const set = view.state.changes([...(added ? [added] : []), { from, to, insert: name }]);
    view.dispatch({
      changes: set,
      selection: { anchor: set.mapPos(from, -1) + (added?.from === from ? added.insert.length : 0) + name.length },
      annotations: pickedCompletion.of(completion),
      userEvent: "input.complete",
    });
  };
}
