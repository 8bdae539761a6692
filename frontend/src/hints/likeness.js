// How like two names are, from 0 to 1: twice the characters that they share in one order, over all (Ratcliff and Obershelp).

/** Return the likeness of two texts. */
export function likeness(one, other) {
  const total = one.length + other.length;
  return total ? (2 * shared(one, other)) / total : 1;
}

/** The characters of the longest part that both have, and of those that they share before and behind it. */
function shared(one, other) {
  let [at, there, size] = [0, 0, 0];
  let lengths = [];
  for (let i = 0; i < one.length; i++) {
    const row = [];
    for (let j = 0; j < other.length; j++) {
      if (one[i] !== other[j]) continue;
      row[j] = (lengths[j - 1] ?? 0) + 1;
      if (row[j] > size) [at, there, size] = [i - row[j] + 1, j - row[j] + 1, row[j]];
    }
    lengths = row;
  }
  if (!size) return 0;
  return size + shared(one.slice(0, at), other.slice(0, there)) + shared(one.slice(at + size), other.slice(there + size));
}
