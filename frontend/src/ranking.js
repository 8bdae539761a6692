// Search in the index of names without a server: the same hits in the same order as ecp_graph/web/pages/search/index.py.

const SHORT = 3; // a shorter word is looked for at the beginning of words only
const SPREAD = 9; // the rank of an entry whose words stand in several of its names, or in its kind
const MADE = 4; // what the rank of an entry grows by whose label is made of names of other things
const LIKE = 0.7;
const FIGURES = new Map(Object.entries({ ii: "2", iii: "3", iv: "4", vii: "7", viii: "8", ix: "9" }));

/** The text without case, accents and punctuation, its words one space apart, Roman numerals as figures. */
export function fold(text) {
  return text
    .normalize("NFKD")
    .replace(/[\p{Mn}\p{Mc}\p{Me}]/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ")
    .normalize("NFKD")
    .replace(/[\p{Mn}\p{Mc}\p{Me}]/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .split(" ")
    .map((word) => FIGURES.get(word) ?? word)
    .join(" ");
}

/**
 * An index over the entries of `/search-index.json`: lists of kind, label, address, codes, other and hidden names, made.
 * Addresses that begin with its base, the root of the site that it was made for, are given below `root`.
 */
export function createIndex({ entries, base }, root = base) {
  const known = entries.map(([kind, label, address, codes = [], others = [], hidden = [], made = 0]) => {
    const url = placed([address].flat().join("#"), base, root);
    const names = [
      { name: label, kind: "label" },
      ...codes.map((name) => ({ name, kind: "code" })),
      ...others.map((name) => ({ name, kind: "other" })),
      ...hidden.map((name) => ({ name, kind: "hidden" })),
    ].map((one) => ({ ...one, folded: fold(one.name) }));
    const line = [...names.map((one) => one.folded), fold(kind)].map((text) => " " + text).join("\t");
    return { kind, label, url, code: codes[0] ?? "", names, line, made };
  });
  let vocabulary = null;

  /** The entries that match a text, the best first, each with the place of the name that does. */
  function ranked(text) {
    const wanted = fold(text);
    const words = wanted.split(" ").filter(Boolean);
    const matching = [];
    if (!words.length) return matching;
    known.forEach((entry, at) => {
      if (words.every((word) => entry.line.includes(sought(word)))) matching.push({ entry, at, ...rank(entry, wanted, words) });
    });
    return matching.sort((a, b) => a.rank - b.rank || a.other - b.other || a.length - b.length || a.place - b.place || a.at - b.at);
  }

  function find(text, most = 50) {
    const found = ranked(text);
    const hits = found.slice(0, most).map(({ entry, place }) => ({
      kind: entry.kind,
      label: entry.label,
      code: entry.code,
      url: entry.url,
      matched: entry.names[place].name,
      matchedKind: entry.names[place].kind,
    }));
    return { total: found.length, hits };
  }

  /** The things that a text finds, with all their names as they are compared, without those named after others. */
  function things(text, most) {
    const found = ranked(text).slice(0, most).filter(({ entry }) => !entry.made);
    return found.map(({ entry: { label, url, names } }) => ({ label, url, folded: names.map((name) => name.folded) }));
  }

  /** Texts that do find something, with the words that no name holds replaced by ones like them. */
  function nearest(text, most = 3) {
    const words = fold(text).split(" ").filter(Boolean);
    const unknown = words.filter((word) => !find(word, 1).total);
    if (!unknown.length) return words.length > 1 ? [...new Set(words)].slice(0, most) : [];
    vocabulary ??= [...new Set(known.flatMap((entry) => entry.line.split(/\s+/)))].filter((word) => word.length >= SHORT).sort();
    let tries = [words];
    for (const word of unknown) {
      const like = vocabulary
        .map((other) => ({ other, likeness: likeness(word, other) }))
        .filter((one) => one.likeness >= LIKE)
        .sort((a, b) => b.likeness - a.likeness)
        .slice(0, 4);
      tries = tries.flatMap((tried) => like.map(({ other }) => tried.map((one) => (one === word ? other : one))));
    }
    const found = tries.map((tried) => tried.join(" ")).filter((tried) => find(tried, 1).total);
    return (found.length ? found : words.filter((word) => !unknown.includes(word))).slice(0, most);
  }

  return { find, nearest, things };
}

/** Return an address of the index below `root` where it is one of the site, which had `base`. */
export function placed(url, base, root) {
  return url.startsWith(base) ? root + url.slice(base.length) : url;
}

function sought(word) {
  return word.length >= SHORT ? word : " " + word;
}

function rank(entry, wanted, words) {
  let best = { rank: SPREAD, other: 0, length: entry.names[0].folded.length, place: 0 };
  entry.names.forEach(({ folded, kind }, place) => {
    const found = (entry.made ? MADE : 0) + rankOfName(folded, kind, wanted, words);
    if (found < best.rank) best = { rank: found, other: place > 0 ? 1 : 0, length: folded.length, place };
  });
  return best;
}

function rankOfName(name, kind, wanted, words) {
  if (name === wanted) return kind === "code" ? 0 : 1;
  if (name.startsWith(wanted)) return 2;
  if (words.every((word) => (" " + name).includes(" " + word))) return 3;
  return words.every((word) => name.includes(word)) ? 4 : SPREAD;
}

/** How like two words are, from 0 to 1: one less the changes (one letter, or two in turn) over the longer length. */
function likeness(a, b) {
  const longer = Math.max(a.length, b.length);
  if (Math.abs(a.length - b.length) > (1 - LIKE) * longer) return 0;
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return 1 - last[b.length] / longer;
}
