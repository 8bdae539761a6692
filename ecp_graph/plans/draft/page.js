// Lights what was understood of a cell, and the cell, when the pointer is over the other or it has the focus.
(() => {
  const alike = new Map();
  for (const element of document.querySelectorAll("[data-cell]")) {
    const of = alike.get(element.dataset.cell) ?? [];
    of.push(element);
    alike.set(element.dataset.cell, of);
  }
  const light = (event, on) => {
    const found = event.target.closest?.("[data-cell]");
    if (!found) return;
    for (const element of alike.get(found.dataset.cell)) element.classList.toggle("lit", on);
    if (!on || event.type !== "mouseover") return;
    const other = alike.get(found.dataset.cell).find((element) => element.closest("section") !== found.closest("section"));
    other?.scrollIntoView({ block: "nearest" });
  };
  for (const [type, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    document.addEventListener(type, (event) => light(event, on));
  }
})();
