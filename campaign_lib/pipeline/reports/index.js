// The map of villages by indicators: one quarter at a time, narrowed down by village and status.
// Without this script the newest quarter is there, whole. What it knows stands in the page.
"use strict";
{
  const find = (id) => document.getElementById(id);
  const [quarter, village, status, indicator] =
    ["quarter", "village", "status", "indicator"].map(find);
  const map = find("map");
  const rows = [...map.tBodies[0].rows];
  const listed = [...find("list").tBodies[0].rows];
  const headings = [...map.tHead.rows[0].cells];
  const data = JSON.parse(find("packed").textContent);

  // "dak to" finds "Đăk Tờ": letters without their marks.
  const plain = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase()
      .replace(/\s+/g, " ").trim();
  const names = rows.map((row) => plain(row.cells[0].textContent));
  const count = (number) => number.toLocaleString(document.documentElement.lang);

  let letters = []; // of the quarter that is shown: row by row, the status of each indicator

  // Where a figure of a row is explained: beside the place's page, under the same name.
  function explained(row, j) {
    const page = row.cells[0].firstElementChild.getAttribute("href");
    if (!data.explained || !page) return null;
    const anchor = document.createElement("a");
    anchor.href = page.replace("/", "/audit/") + "#" + indicator.options[j + 1].value;
    return anchor;
  }

  function write(cell, packed, anchor) {
    cell.className = "";
    cell.textContent = "";
    if (!packed) return;
    const letter = packed[0].toLowerCase();
    const [name, mark, label] = data.statuses[letter];
    const said = document.createElement("i");
    said.textContent = label + " ";
    cell.className = "status-" + name;
    (anchor || cell).append(mark + " ", said, packed.slice(1) + (packed[0] === letter ? "" : "*"));
    if (anchor) cell.append(anchor);
  }

  function link(row, listedRow) {
    const page = listedRow.cells[quarter.selectedIndex + 1].querySelector("a");
    const name = row.cells[0].firstElementChild;
    if (page) name.setAttribute("href", page.getAttribute("href"));
    else name.removeAttribute("href");
  }

  function showQuarter() {
    const lines = data.quarters[quarter.value].map((line) => line.split(";"));
    letters = lines.map((line) => line.map((packed) => packed.charAt(0).toLowerCase()));
    rows.forEach((row, i) => {
      link(row, listed[i]);
      lines[i].forEach((packed, j) => write(row.cells[j + 1], packed, explained(row, j)));
    });
    find("map-quarter").textContent = quarter.selectedOptions[0].textContent;
    narrow();
  }

  function narrow() {
    const wanted = plain(village.value);
    const column = indicator.selectedIndex - 1; // -1: all of them
    const has = (line) => (column < 0 ? line.includes(status.value) : line[column] === status.value);
    let shown = 0;
    rows.forEach((row, i) => {
      if (row.classList.contains("commune")) return; // always there, to compare with
      const fits = names[i].includes(wanted) && (!status.value || has(letters[i]));
      row.hidden = listed[i].hidden = !fits;
      shown += fits;
    });
    for (const row of [map.tHead.rows[0], ...rows])
      for (let j = 1; j < headings.length; j++)
        row.cells[j].hidden = column >= 0 && j !== column + 1;
    const told = find("shown");
    const text = shown ? told.dataset.some : told.dataset.none;
    told.textContent = text.replace("{shown}", count(shown)).replace("{all}", told.dataset.all);
  }

  const form = find("narrow");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(showQuarter));
  quarter.addEventListener("change", showQuarter);
  village.addEventListener("input", narrow);
  status.addEventListener("change", narrow);
  indicator.addEventListener("change", narrow);
  // A browser that comes back to the page may have kept what was chosen.
  addEventListener("pageshow", showQuarter);
}
