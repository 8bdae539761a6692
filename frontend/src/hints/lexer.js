// The tokens of a SPARQL text, as ecp_graph/sparql/text.py has them: kind, start and characters, without space and comments.

const FIRST = String.raw`\p{L}\p{Nl}`;
const NEXT = String.raw`\p{L}\p{Nl}\p{Mn}\p{Mc}0-9_·`;
const DOTTED = String.raw`[${NEXT}\-]*(?:\.+[${NEXT}\-]+)*`;
const KINDS = {
  space: String.raw`\s+`,
  comment: String.raw`#[^\r\n]*`,
  iri: "<[^<>\"{}|^`\\\\\\u0000-\\u0020]*>",
  string: String.raw`"""(?:[^"\\]|\\[^]|"(?!""))*"""|'''(?:[^'\\]|\\[^]|'(?!''))*'''|"(?:[^"\\\r\n]|\\[^])*"|'(?:[^'\\\r\n]|\\[^])*'`,
  variable: `[?$][${NEXT}]+`,
  language: "@[A-Za-z]+(?:-[A-Za-z0-9]+)*",
  blank: String.raw`_:[${NEXT}]${DOTTED}`,
  name: String.raw`(?:[${FIRST}]${DOTTED})?:(?:(?:[${NEXT}:%]|\\[^])(?:\.*(?:[${NEXT}:%\-]|\\[^]))*)?`,
  word: `[${FIRST}_][${NEXT}]*`,
  number: String.raw`(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?`,
  mark: "[^]",
};
const TOKEN = new RegExp(Object.entries(KINDS).map(([kind, pattern]) => `(?<${kind}>${pattern})`).join("|"), "gu");
const PROLOGUE = /^(?:\s|#[^\r\n]*|BASE(?:\s|#[^\r\n]*)*<[^<>]*>|PREFIX(?:\s|#[^\r\n]*)*[^\s:<>]*(?:\s|#[^\r\n]*)*:(?:\s|#[^\r\n]*)*<[^<>]*>)*/i;

/** Return the tokens of a text from a place on. */
export function tokens(text, start = 0) {
  const found = [];
  for (const match of text.slice(start).matchAll(TOKEN)) {
    const kind = Object.keys(KINDS).find((name) => match.groups[name] !== undefined);
    if (kind !== "space" && kind !== "comment") found.push({ kind, start: start + match.index, text: match[0] });
  }
  return found;
}

/** Return where the prologue of a query ends: the place of the keyword behind it. */
export function queryStart(text) {
  return text.match(PROLOGUE)[0].length;
}

/** Return the line and the column of a place, counted from 1, in characters as the server counts them. */
export function position(text, offset) {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: [...before.at(-1)].length + 1 };
}
