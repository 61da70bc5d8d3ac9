"use strict";
// Rows are ordered by the cells' data-v: numbers as numbers, words as words, the unknown last.
for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => {
    const head = button.closest("th");
    const place = head.cellIndex;
    const body = head.closest("table").tBodies[0];
    const numeric = head.classList.contains("n");
    const before = head.getAttribute("aria-sort");
    const down = before === "none" ? numeric : before === "ascending";
    for (const other of head.parentNode.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => {
      const said = row.cells[place].dataset.v;
      return said === undefined || said === "" ? null : numeric ? Number(said) : said;
    };
    const rows = [...body.rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (x === null || y === null) return (x === null) - (y === null);
      const order = typeof x === "number" ? x - y : x.localeCompare(y, "en", { numeric: true });
      return down ? -order : order;
    });
    body.append(...rows);
  });
}
