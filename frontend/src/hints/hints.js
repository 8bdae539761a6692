// Says why a query finds nothing, as ecp_graph/queries/hints.py does on a server: its patterns are asked alone, then in
// pairs, and the likely term is named.

import { position, queryStart, tokens } from "./lexer.js";
import { likeness } from "./likeness.js";
import { comparisons, isVariable, joinedTexts, patterns } from "./patterns.js";

const MOST_PATTERNS = 20;
const MOST_PAIRS = 30;
const MOST_HINTS = 4;
const NAMING = ["label", "name", "title"];
const LIKE = 0.6;
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger"].map((name) => XSD + name),
);
const candidates = (where) => `SELECT ?term (COUNT(*) AS ?uses) { ${where} } GROUP BY ?term ORDER BY DESC(?uses) ?term LIMIT 5000`;

/**
 * Return what of a valid query can match nothing, each with line, column and text; none when all of it can match something.
 *
 * `ask` runs a SELECT or an ASK and returns its answer in the JSON format of SPARQL results, or throws; `prefixes` are known
 * without being declared.
 */
export function hints(query, ask, prefixes, limitMs = 3000) {
  const checks = new Checks(query, ask, prefixes, performance.now() + limitMs);
  const ofPatterns = checks.ofPatterns();
  const found = [...(ofPatterns.length ? ofPatterns : checks.ofPairs().slice(0, 1)), ...checks.ofComparisons(), ...checks.ofJoinedTexts()];
  const each = new Map(found.map((hint) => [JSON.stringify(hint), hint])).values();
  return [...each].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_HINTS);
}

class Checks {
  constructor(query, ask, prefixes, deadline) {
    this.query = query;
    this.run = ask;
    this.prefixes = prefixes;
    this.deadline = deadline;
    this.prologue = query.slice(0, queryStart(query));
    this.patterns = patterns(query).slice(0, MOST_PATTERNS);
    this.types = new Set(["a", "rdf:type", `<${prefixes.rdf}type>`]);
    this.naming = `${prefixes.skos}prefLabel`;
  }

  /** A hint for each pattern that matches nothing by itself. */
  ofPatterns() {
    return this.patterns
      .filter((pattern) => this.fits(pattern.text) === false)
      .map((pattern) => {
        const [place, sentence] =
          this.unknownProperty(pattern) ??
          this.unknownClass(pattern) ??
          this.otherLiteral(pattern) ??
          this.unknownThing(pattern) ??
          this.turned(pattern) ?? [pattern.subject, `Nothing in the graph fits '${pattern.text}'.`];
        return this.hint(place, sentence);
      });
  }

  /** A hint for the first two patterns of one thing that match nothing together. */
  ofPairs() {
    const pairs = this.patterns.flatMap((one, at) => this.patterns.slice(at + 1).map((other) => [one, other]));
    const joined = pairs.filter(([one, other]) => [...one.variables].some((name) => other.variables.has(name)));
    const pair = joined.slice(0, MOST_PAIRS).find(([one, other]) => this.fits(`${one.text} . ${other.text}`) === false);
    if (!pair) return [];
    const [one, other] = pair;
    const nearest = this.nearest(other.verb.text, `${one.text} . ${other.subject.text} ?term ${other.object.text}`);
    return [this.hint(other.verb, `Nothing fits '${one.text}' and '${other.text}' at once.${nearest}`)];
  }

  /** A hint for each literal that no value of the variable beside it can be compared with. */
  ofComparisons() {
    return comparisons(this.query).flatMap(({ variable, literal }) => {
      const value = this.valueOf(variable.text.slice(1));
      const given = this.first(`SELECT (${literal.text} AS ?value) {}`);
      if (value?.type !== "literal" || !given || isComparable(value, given)) return [];
      return [this.hint(literal, this.howToCompare(variable.text, literal.text, value, given))];
    });
  }

  /** A hint for each GROUP_CONCAT over what is no text. */
  ofJoinedTexts() {
    return joinedTexts(this.query).flatMap((joined) => {
      const value = this.valueOf(joined.text.slice(1));
      if (!value || !(value.type === "uri" || value.datatype)) return [];
      const kind = value.type === "uri" ? "IRIs" : `values of ${this.compact(value.datatype)}`;
      return [this.hint(joined, `GROUP_CONCAT joins texts, and ${joined.text} has ${kind}. Write STR(${joined.text}) in it.`)];
    });
  }

  // what is wrong with a pattern: the place and the sentence, or null

  unknownProperty({ subject, verb }) {
    for (const token of tokens(verb.text)) {
      if (!["iri", "name"].includes(token.kind) || this.fits(`?subject ${token.text} ?object`) !== false) continue;
      const told = this.isDescribed(token.text) ? "No statement of the graph has the property" : "The graph has no property";
      const others = this.patterns.filter((other) => other.subject.text === subject.text && this.fits(other.text));
      let nearest = "";
      for (const other of others) nearest ||= this.nearest(token.text, `${other.text} . ${subject.text} ?term ?object`);
      return [verb, `${told} ${token.text}.${nearest || this.nearest(token.text, "?subject ?term ?object")}`];
    }
    return null;
  }

  unknownClass({ verb, object }) {
    if (!this.types.has(verb.text) || isVariable(object) || this.fits(`?thing a ${object.text}`) !== false) return null;
    const told = this.isDescribed(object.text) ? "Nothing in the graph is of the class" : "The graph has no class";
    return [object, `${told} ${object.text}.${this.nearest(object.text, "?thing a ?term")}`];
  }

  otherLiteral({ subject, verb, object }) {
    if (!["string", "number"].includes(object.kind)) return null;
    const { text } = object;
    for (const same of [`STR(?value) = STR(${text})`, `LCASE(STR(?value)) = LCASE(STR(${text}))`]) {
      const value = this.first(`SELECT ?value { ${subject.text} ${verb.text} ?value FILTER (${same}) } LIMIT 1`);
      if (value) return [object, `The graph has no value ${text} here, but ${this.inSparql(value)}.`];
    }
    return null;
  }

  unknownThing({ subject, object }) {
    for (const part of [subject, object]) {
      if (!["iri", "name"].includes(part.kind) || this.occurs(part.text)) continue;
      const start = this.expand(part.text).replace(/[^/#]*$/, "");
      return [part, `The graph says nothing of ${part.text}.${this.nearest(part.text, `?term a ?class FILTER (STRSTARTS(STR(?term), "${start}"))`)}`];
    }
    return null;
  }

  turned({ subject, verb, object, text }) {
    const turned = `${object.text} ${verb.text} ${subject.text}`;
    if (!["iri", "name", "variable"].includes(object.kind) || !this.fits(turned)) return null;
    return [subject, `Nothing fits '${text}', but '${turned}' does: the other way round.`];
  }

  // asking

  ask(query) {
    if (performance.now() > this.deadline) return null;
    try {
      return this.run(this.prologue + query);
    } catch {
      return null; // the check is left out
    }
  }

  fits(where) {
    return this.ask(`ASK { ${where} }`)?.boolean ?? null;
  }

  isDescribed(name) {
    return Boolean(this.fits(`${name} a ?class`));
  }

  occurs(name) {
    return this.fits(`{ ${name} ?property ?value } UNION { ?subject ?property ${name} }`) !== false;
  }

  first(query) {
    const found = this.ask(query);
    return found?.results.bindings[0]?.[found.head.vars[0]] ?? null;
  }

  /** A value of a variable by the first pattern that has it as its object. */
  valueOf(variable) {
    const first = this.patterns.find(({ object }) => isVariable(object) && object.text.slice(1) === variable);
    return first ? this.first(`SELECT ${first.object.text} { ${first.text} } LIMIT 1`) : null;
  }

  /** A question that offers what is most like a name of what `?term` may be; empty when nothing is. */
  nearest(name, where) {
    const rows = this.ask(candidates(where))?.results.bindings ?? [];
    const known = rows.filter(({ term }) => term?.type === "uri").map(({ term }) => this.compact(term.value));
    const near = like(this.compact(this.expand(name)), known, this.compact(this.naming));
    return near.length ? ` Did you mean ${near.join(" or ")}?` : "";
  }

  hint(place, text) {
    return { ...position(this.query, place.start), text };
  }

  howToCompare(variable, written, value, literal) {
    if (value.datatype === `${XSD}dateTime` && literal.datatype === `${XSD}date`) {
      return `${variable} has moments (xsd:dateTime), which no date compares with. Write "${literal.value}T00:00:00"^^xsd:dateTime.`;
    }
    if (value["xml:lang"] && !literal.datatype) {
      return `${variable} has texts with a language. Write STR(${variable}), or ${written}@${value["xml:lang"]}.`;
    }
    return `${variable} has values such as ${this.inSparql(value)}, which ${written} cannot be compared with.`;
  }

  // names

  /** A term as a query writes it. */
  inSparql({ type, value, datatype, "xml:lang": language }) {
    if (type === "uri") return this.compact(value);
    if (datatype) return NUMBERS.has(datatype) ? value : `"${value}"^^${this.compact(datatype)}`;
    const escaped = value.replace(/[\\"\n\r]/g, (character) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r" })[character]);
    return `"${escaped}"${language ? `@${language}` : ""}`;
  }

  compact(iri) {
    const fitting = Object.entries(this.prefixes).filter(([, namespace]) => iri.startsWith(namespace));
    const [best] = fitting.sort((a, b) => b[1].length - a[1].length);
    const local = best ? iri.slice(best[1].length) : "";
    return local && !local.includes("/") ? `${best[0]}:${local}` : iri;
  }

  expand(text) {
    const [, prefix, local] = text.match(/^([^:]*):(.*)$/s) ?? [];
    if (text.startsWith("<")) return text.slice(1, -1);
    return prefix in this.prefixes ? this.prefixes[prefix] + local : text;
  }
}

/** At most two names that are most like one: those with its words among theirs, then those spelt alike; the first of equals. */
function like(name, known, naming) {
  const words = wordsOf(name);
  if (NAMING.some((word) => words.has(word)) && known.includes(naming)) return [naming];
  const local = localOf(name).toLowerCase();
  const ranked = known.flatMap((other, place) => {
    const ratio = likeness(local, localOf(other).toLowerCase());
    const sharesWords = words.size > 0 && (isWithin(words, wordsOf(other)) || isWithin(wordsOf(other), words));
    if (other === name || !(sharesWords || ratio >= LIKE)) return [];
    return [{ other, place, rank: -Math.round(ratio * 10) / 10 - (sharesWords ? 1 : 0) }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.place - b.place).slice(0, 2).map(({ other }) => other);
}

const localOf = (name) => name.slice(name.lastIndexOf(":") + 1);
const wordsOf = (name) => new Set([...localOf(name).matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g)].map(([word]) => word.toLowerCase()));
const isWithin = (some, all) => [...some].every((word) => all.has(word));

function isComparable(value, literal) {
  if (NUMBERS.has(value.datatype) && NUMBERS.has(literal.datatype)) return true;
  return value.datatype === literal.datatype && Boolean(value["xml:lang"]) === Boolean(literal["xml:lang"]);
}
