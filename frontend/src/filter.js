// A field that leaves of a list the entries that hold all its words. `data-filter` names the element that holds the list.

for (const box of document.querySelectorAll("[data-filter]")) {
  const sections = [...document.getElementById(box.dataset.filter).querySelectorAll("section")];
  const entries = sections.flatMap((section) => [...section.querySelectorAll("li")]);
  const texts = new Map(entries.map((entry) => [entry, entry.textContent.toLowerCase()]));
  const field = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [entry, text] of texts) entry.hidden = !words.every((word) => text.includes(word));
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    const left = entries.filter((entry) => !entry.hidden).length;
    status.textContent = words.length ? `${left} of ${entries.length}` : "";
  });
  box.classList.add("shown");
}
