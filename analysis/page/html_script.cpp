#include <string>
#include <string_view>

#include "analysis/page/html_looks.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::string_view kSort = R"js(
"use strict";
const words = new Intl.Collator("en", { numeric: true });
// Numbers before words, nothing last whichever way it is sorted.
function compare(a, b, way) {
  if (a.kind !== b.kind || a.kind === 2) return a.kind - b.kind;
  return way * (a.kind === 0 ? a.value - b.value : words.compare(a.value, b.value));
}
function key(cell) {
  if (cell.dataset.v !== undefined) return { kind: 0, value: parseFloat(cell.dataset.v) };
  const shown = cell.querySelector("summary") || cell;
  const text = shown.querySelector(".none") ? "" : shown.textContent;
  return text === "" ? { kind: 2 } : { kind: 1, value: text };
}
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Sort by this column";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const now = before === null ? "ascending" : before === "ascending" ? "descending" : null;
      for (const other of heads) other.removeAttribute("aria-sort");
      let order = rows;
      if (now !== null) {
        head.setAttribute("aria-sort", now);
        const way = now === "ascending" ? 1 : -1;
        order = rows.map((row) => ({ row, key: key(row.cells[column]) }))
          .sort((a, b) => compare(a.key, b.key, way)).map((one) => one.row);
      }
      table.classList.toggle("sorted", now !== null);
      body.append(...order);
    });
  });
}
)js";

constexpr std::string_view kStay = R"js(
// Where there is room, all columns that name rows stay in sight.
const wide = matchMedia("(min-width: 50rem)");
function stay() {
  for (const table of document.querySelectorAll("table")) {
    const heads = Array.from(table.tHead.rows[0].cells);
    const keys = heads.filter((head) => /\bk\d/.test(head.className));
    let left = 0;
    keys.forEach((head, i) => {
      const name = i + 1 === keys.length ? "--z" : "--k" + i;
      if (wide.matches) table.style.setProperty(name, left + "px");
      else table.style.removeProperty(name);
      left += head.getBoundingClientRect().width;
    });
  }
}
stay();
wide.addEventListener("change", stay);
addEventListener("resize", stay);
for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", stay);
// All digits of a number, and what it is of, under a pointer.
addEventListener("mouseover", (event) => {
  const at = event.target;
  const cell = at instanceof Element ? at.closest("tbody [data-v]") : null;
  if (cell === null || cell.title !== "") return;
  const cells = Array.from(cell.parentElement.cells);
  const names = cells.filter((one) => one.tagName === "TH" && one !== cell);
  const head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
  cell.title = names.concat(head).map((one) => one.textContent).join(", ") + ": " + cell.dataset.v +
    (sourceOf(cell) === null ? "" : "\n(a click shows what it was computed from, Escape leads back)");
});
// Where a number comes from: its row's link, from the number itself.
function sourceOf(cell) {
  return cell.tagName === "TD" ? cell.parentElement.querySelector("a[href^='#from-']") : null;
}
addEventListener("click", (event) => {
  const at = event.target;
  if (!(at instanceof Element) || at.closest("a, button, summary") !== null) return;
  const cell = at.closest("tbody [data-v]");
  if (cell === null || !getSelection().isCollapsed) return;
  const link = sourceOf(cell);
  if (link !== null) link.click();
});
)js";

constexpr std::string_view kFilter = R"js(
// What has none of a kind (an original has no SAE) stays.
const filter = document.getElementById("filter");
if (filter !== null) {
  const selects = Array.from(filter.querySelectorAll("select"));
  const all = Array.from(document.querySelectorAll("[data-f]"));
  const told = filter.querySelector("output");
  const show = () => {
    const wanted = selects.map((select) => select.value).filter((value) => value !== "");
    let shown = 0, rows = 0;
    for (const one of all) {
      const facets = one.dataset.f.split(" ");
      one.hidden = wanted.some((value) => !facets.includes(value) && facets.some((facet) => facet[0] === value[0]));
      if (one.tagName === "TR") { ++rows; shown += one.hidden ? 0 : 1; }
    }
    document.documentElement.classList.toggle("moved", wanted.length > 0);
    told.textContent = wanted.length === 0 ? "" : shown + " of " + rows + " rows shown";
    stay();
  };
  for (const select of selects) select.addEventListener("change", show);
  filter.querySelector("button").addEventListener("click", () => {
    for (const select of selects) select.value = "";
    show();
  });
  filter.hidden = false;
  show();
}
addEventListener("hashchange", () => {
  const there = document.getElementById(location.hash.slice(1));
  if (there === null) return;
  for (let one = there; one !== null; one = one.parentElement) {
    if (one.tagName === "DETAILS") one.open = true;
    one.hidden = false;
  }
  if (there.tagName === "TR") there.scrollIntoView({ block: "center" });
});
// Escape closes what is open in a cell, or leads back to the link that was followed.
let followed = null;
addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("main a[href^='#']") : null;
  if (link !== null) followed = link;
}, true);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const at = document.activeElement;
  const open = at === null ? null : at.closest("details[open]");
  if (open !== null) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (followed !== null) {
    followed.scrollIntoView({ block: "center" });
    followed.focus();
    followed = null;
  }
});
addEventListener("beforeprint", () => {
  for (const closed of document.querySelectorAll("details")) closed.open = true;
});
)js";

}  // namespace

std::string page_script() {
  return std::string(kSort).append(kStay).append(kFilter);
}

}  // namespace coxswain::analysis
