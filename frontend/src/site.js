// What every page gains from JavaScript; each works without it.

import "./swap.js";
import "./matrix.js";
import "./copy.js";
import "./filter.js";
import "./picture.js";

// A form whose fields decide what the page shows asks again as soon as one changes.
for (const form of document.querySelectorAll("form[data-instant]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

import "./search.js";
