// Questions that a text means, with what it names filled in, and the cell of two names: what a search answers first where
// there is no server, as ecp_graph/queries/asking.py and ecp_graph/web/pages/search/questions.py do on one.

import { fold } from "./ranking.js";

const QUESTION = "question";
const BRACED = /{(\w+)}/g;
// Two words are forms of one if they share all but the end of the shorter one, see asking.py.
const STEM = 4;
const LONG = 6;
const END_OF = { short: 1, long: 3 };
const LONGEST_END = 4;
const MOST_NAMED = 40;
const MOST_LIKELY = 3;
const MOST_QUESTIONS = 5;
// What a static host serves under the name that the page has, see names.py of the twin.
const PLAIN = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;

/**
 * Return `find(text, most)`, which gives the hits of an index of names with the questions before them.
 *
 * `asking` is that part of `/search-index.json`, `place` gives the address on this host of one in it, and `pathOf` the path
 * of a page from the root of the site, without its ending.
 */
export function withQuestions(names, asking, { place, pathOf }) {
  const small = new Set(asking.smallWords);
  const values = new Map(Object.entries(asking.values).map(([name, of]) => [name, placedKeys(of, place)]));
  const questions = asking.questions.map((question) => ({ ...question, url: place(question.url) }));
  const matrices = asking.matrices.map(({ url, rows, columns }) => {
    const ofRows = placedKeys(rows, place);
    return { url: place(url), rows: ofRows, columns: columns && placedKeys(columns, place) };
  });

  return (text, most) => {
    const found = names.find(text, most);
    const hits = [...cellsFor(text), ...questionsFor(text)].map(({ label, url }) => ({
      kind: QUESTION, label, code: "", url, matched: label, matchedKind: "label",
    }));
    if (!hits.length) return found;
    const asked = new Set(hits.map(({ url }) => url));
    const named = found.hits.filter(({ url }) => !asked.has(url));
    const known = found.hits.length - named.length;
    return { total: found.total + hits.length - known, hits: [...hits, ...named].slice(0, most) };
  };

  function questionsFor(text) {
    const words = contentWords(text);
    const isName = words.join(" ") === fold(text); // a name alone asks nothing
    const fitting = questions.flatMap((question, number) => readings(question, words).map((reading) => ({ ...reading, number })));
    const ranked = fitting
      .filter(({ literals }) => literals || !isName)
      .sort((a, b) => b.literals - a.literals || a.given.length - b.given.length || a.number - b.number);
    const best = new Map();
    for (const { number, given, wording } of ranked) {
      const { label, url } = questions[number];
      const address = given.length ? `${url}?${new URLSearchParams(given.map(({ name, value }) => [name, value]))}` : url;
      const told = given.length ? wording[0].toUpperCase() + wording.slice(1) : label;
      if (!best.has(address)) best.set(address, { label: told, url: address });
    }
    return [...best.values()].slice(0, MOST_QUESTIONS);
  }

  /** The wordings of a question that fit, each with the values that the other words give. */
  function readings({ wordings, parameters }, words) {
    return wordings.flatMap((wording) => {
      const literals = contentWords(wording.replace(BRACED, " "));
      const rest = without(words, literals);
      const named = [...wording.matchAll(BRACED)].map(([, name]) => name);
      if (rest === null || named.length > 0 !== rest.length > 0) return [];
      return (named.length ? givenFor(named, parameters, rest) : [[]]).map((given) => {
        const labels = Object.fromEntries(given.map(({ name, label }) => [name, label]));
        return { literals: literals.length, given, wording: wording.replace(BRACED, (_, name) => labels[name]) };
      });
    });
  }

  /** The values of the one or two parameters of these names; none if one is not named. */
  function givenFor(named, parameters, words) {
    const of = (name, text) => valuesOf(parameters[name], text).map((value) => ({ name, ...value }));
    if (named.length === 1) return of(named[0], words.join(" ")).map((value) => [value]);
    for (const way of named.length === 2 ? splits(words) : []) {
      const sides = named.map((name, at) => of(name, way[at]));
      if (sides.every((side) => side.length)) return [sides.map(([value]) => value)];
    }
    return [];
  }

  /** The things of a class that a text may name: the one that is called so, else a few; of no class, only the former. */
  function valuesOf(ofClass, text) {
    const known = ofClass === null ? null : values.get(ofClass) ?? new Map();
    const valueOf = ({ url }) => (known ? known.get(url) : iriOf(url));
    const things = thingsNamed(text).filter((thing) => valueOf(thing) !== undefined);
    const most = things.length && isCalled(things[0], text) ? 1 : known ? MOST_LIKELY : 0;
    return things.slice(0, most).map((thing) => ({ value: valueOf(thing), label: thing.label }));
  }

  /** The things that a text may name, those with a name that is equal first. */
  function thingsNamed(text) {
    const things = names.things(text, MOST_NAMED);
    return [...things.filter((thing) => isCalled(thing, text)), ...things.filter((thing) => !isCalled(thing, text))];
  }

  /** The cell of a matrix for a text that is two names, one behind the other. */
  function cellsFor(text) {
    for (const way of splits(contentWords(text))) {
      const [ones, others] = way.map((name) => thingsNamed(name).filter((thing) => isCalled(thing, name)));
      for (const one of ones) {
        for (const other of others) {
          const url = one.url !== other.url && cellOf(one.url, other.url);
          if (url) return [{ label: `What joins ${one.label} and ${other.label}?`, url }];
        }
      }
    }
    return [];
  }

  /** The address of the cell of two things in the first matrix that has both, whichever is the row. */
  function cellOf(first, second) {
    for (const { url, rows, columns } of matrices) {
      for (const [one, other] of [[first, second], [second, first]]) {
        const slugs = [rows.get(one), (columns ?? rows).get(other)];
        if (slugs[0] === undefined || slugs[1] === undefined) continue;
        if (!columns) slugs.sort();
        const isFile = url.endsWith(".html");
        if (isFile && !slugs.every((slug) => PLAIN.test(slug))) continue; // the name of its file is made otherwise
        return isFile ? url.replace(/\.html$/, `/${slugs.join("/")}.html`) : `${url}/${slugs.join("/")}`;
      }
    }
    return null;
  }

  function iriOf(url) {
    const path = pathOf(url);
    const place = path && asking.places.find(([, start]) => path.startsWith(start));
    return place ? place[0] + path.slice(place[1].length) : undefined;
  }

  function contentWords(text) {
    return fold(text).split(" ").filter((word) => word && !small.has(word));
  }
}

const placedKeys = (of, place) => new Map(Object.entries(of).map(([address, value]) => [place(address), value]));
const splits = (words) => words.slice(1).map((_, at) => [words.slice(0, at + 1).join(" "), words.slice(at + 1).join(" ")]);

function isCalled({ folded }, text) {
  const wanted = fold(text).replaceAll(" ", "");
  return folded.some((name) => name.replaceAll(" ", "") === wanted);
}

/** The words without a form of each of the others; null if one of these is missing. */
function without(words, literals) {
  const rest = [...words];
  for (const literal of literals) {
    const at = rest.findIndex((word) => isSame(word, literal));
    if (at < 0) return null;
    rest.splice(at, 1);
  }
  return rest;
}

function isSame(one, other) {
  if (one === other) return true;
  const [short, long] = [one, other].sort((a, b) => a.length - b.length);
  if (short.length < STEM || long.length - short.length > LONGEST_END) return false;
  return long.startsWith(short.slice(0, short.length - (short.length > LONG ? END_OF.long : END_OF.short)));
}
