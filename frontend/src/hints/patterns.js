// The triple patterns and comparisons of a query as they are written, as ecp_graph/sparql/patterns.py reads them.

import { queryStart, tokens } from "./lexer.js";

const CLOSING = { ")": "(", "]": "[", "}": "{" };
const OPENING = new Set(Object.values(CLOSING));
const TERMS = new Set(["variable", "iri", "name", "blank", "string", "number"]);
const CLAUSES = new Set(
  `BIND FILTER GRAPH MINUS OPTIONAL SELECT SERVICE UNION VALUES WHERE FROM GROUP
   ORDER HAVING LIMIT OFFSET CONSTRUCT DESCRIBE ASK EXISTS NOT`.split(/\s+/),
);
const NO_PATTERNS = new Set(["SERVICE", "VALUES", "CONSTRUCT"]);
const WITH_SUBJECT = new Set(["WHERE", "OPTIONAL", "MINUS", "UNION", "EXISTS", "NOT"]);
const BETWEEN = "/|";
const BEFORE = "^!";
const BEHIND = "*+?";
const OPERATORS = new Set(["=", "<", ">", "!"]);

export const isVariable = (term) => term.kind === "variable" || term.kind === "blank";

/** Return the triple patterns of a query in their order, each once: subject, verb, object, text, and names of variables. */
export function patterns(query) {
  const reader = new Reader();
  for (const term of joined(query)) reader.read(term);
  const key = ({ subject, verb, object }) => [subject.start, verb.start, object.start].join();
  return [...new Map(reader.found.map((pattern) => [key(pattern), pattern])).values()];
}

/** Return where a variable is compared with a literal by = != < > <= >=. */
export function comparisons(query) {
  const written = joined(query);
  const found = [];
  written.forEach((term, at) => {
    if (!OPERATORS.has(term.text) || !at) return;
    let end = at + 1;
    while (OPERATORS.has(written[end]?.text)) end++;
    if (!written[end]) return;
    for (const [one, other] of [[written[at - 1], written[end]], [written[end], written[at - 1]]]) {
      if (one.kind === "variable" && (other.kind === "string" || other.kind === "number")) found.push({ variable: one, literal: other });
    }
  });
  return found;
}

/** Return the variables that GROUP_CONCAT joins as they are. */
export function joinedTexts(query) {
  const written = joined(query);
  return written.flatMap((term, at) => {
    if (term.text.toUpperCase() !== "GROUP_CONCAT") return [];
    const first = written.slice(at + 1, at + 4).find(({ text }) => !["(", "DISTINCT"].includes(text.toUpperCase()));
    return first?.kind === "variable" ? [first] : [];
  });
}

/** The tokens behind the prologue, each literal with its language or datatype as one. */
function joined(query) {
  const pieces = tokens(query, queryStart(query));
  const found = [];
  for (let at = 0; at < pieces.length; ) {
    const { kind, start } = pieces[at];
    let end = at + 1;
    if (kind === "string" && pieces[end]?.kind === "language") end += 1;
    else if (kind === "string" && pieces[end]?.text === "^" && pieces[end + 1]?.text === "^") end = Math.min(end + 3, pieces.length);
    const last = pieces[end - 1];
    found.push({ kind, start, text: query.slice(start, last.start + last.text.length) });
    at = end;
  }
  return found;
}

/** Reads terms one by one and keeps the patterns that they make. */
class Reader {
  found = [];
  groups = [];
  brackets = 0;
  clause = "";
  subject = null;
  verb = [];
  isObject = false;

  read(term) {
    const { text } = term;
    const word = term.kind === "word" ? text.toUpperCase() : "";
    if (text === "{" && !this.brackets) {
      this.end();
      this.groups.push(this.clause);
      this.clause = "";
    } else if (text === "}" && !this.brackets) {
      this.end();
      this.groups.pop();
    } else if (OPENING.has(text) && !(text === "(" && this.inVerb)) {
      this.brackets += 1;
    } else if (text in CLOSING && !(text === ")" && this.inVerb)) {
      this.brackets = Math.max(0, this.brackets - 1);
    } else if (this.brackets || !this.groups.length || this.groups.some((group) => NO_PATTERNS.has(group))) {
      if (CLAUSES.has(word)) this.clause = word;
    } else if (CLAUSES.has(word)) {
      this.end();
      this.clause = word;
    } else {
      this.readPart(term);
    }
  }

  get inVerb() {
    return this.subject !== null && !this.isObject && !this.brackets;
  }

  readPart(term) {
    if (term.text === ".") this.end();
    else if (term.text === ";") [this.verb, this.isObject] = [[], false];
    else if (term.text === ",") this.isObject = this.verb.length > 0;
    else if (this.subject === null) {
      if (!CLAUSES.has(this.clause) || WITH_SUBJECT.has(this.clause)) this.subject = isTerm(term) ? term : null;
    } else if (!this.isObject && this.continuesVerb(term)) this.verb.push(term);
    else if (this.verb.length && isTerm(term)) {
      this.found.push(patternOf(this.subject, pathOf(this.verb), term));
      this.isObject = true;
    }
  }

  continuesVerb({ text }) {
    const last = this.verb.at(-1)?.text;
    return last === undefined || isOneOf(text, `${BETWEEN}${BEHIND}()`) || isOneOf(last, `${BETWEEN}${BEFORE}(`);
  }

  end() {
    [this.subject, this.verb, this.isObject] = [null, [], false];
    if (!NO_PATTERNS.has(this.clause) && this.clause !== "GRAPH") this.clause = "";
  }
}

const isOneOf = (text, marks) => text.length === 1 && marks.includes(text);

function isTerm({ kind, text }) {
  return TERMS.has(kind) || (kind === "word" && ["TRUE", "FALSE"].includes(text.toUpperCase()));
}

function pathOf(parts) {
  return parts.length === 1 ? parts[0] : { text: parts.map(({ text }) => text).join(""), start: parts[0].start, kind: "path" };
}

function patternOf(subject, verb, object) {
  const parts = [subject, verb, object];
  const variables = new Set(parts.filter(({ kind }) => kind === "variable").map(({ text }) => text.slice(1)));
  return { subject, verb, object, variables, text: parts.map(({ text }) => text).join(" ") };
}
