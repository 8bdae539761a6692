// Making elements: text is always text, so nothing that the data hold can become markup.

// The characters that turn the direction of text; a label that holds one must not turn the page.
const BIDI = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/** Return an element with attributes, listeners (`on…`) and children, which are nodes or text; null ones are left out. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** Return the text without the characters that turn the direction of what follows. */
export function visible(text) {
  return text.replace(BIDI, "\ufffd");
}

/** Return a count with its noun: `1 row`, `1,204 rows`. */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
