// In a matrix the arrow keys lead from one filled cell to the next; Tab goes on as it does everywhere.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function nextLink(table, cell, [down, right]) {
  let row = cell.parentElement.rowIndex + down;
  let column = cell.cellIndex + right;
  for (; table.rows[row]?.cells[column]; row += down, column += right) {
    const link = table.rows[row].cells[column].querySelector("a");
    if (link) return link;
  }
  return null;
}

for (const table of document.querySelectorAll("table.matrix")) {
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td, th");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = nextLink(table, cell, step);
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}
