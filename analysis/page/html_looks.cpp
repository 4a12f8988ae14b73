#include "analysis/page/html_looks.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "storage/files/digest.hpp"

namespace coxswain::analysis {
namespace {

// Accents are Okabe and Ito's; letters have at least 4.5 to 1.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1c1e; --quiet: #5d6166;
  --rule: #1b1c1e; --hair: #dcdee1; --accent: #0072b2; --mark: #d55e00; --shade: #f4f5f6; }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #e4e4e1; --quiet: #a2a7ad;
  --rule: #aeb2b7; --hair: #34383d; --accent: #56b4e9; --mark: #e69f00; --shade: #1f2226; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 88rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; letter-spacing: -.01em; }
h2 { margin: 4rem 0 1.25rem; font-size: 1.35rem; }
h3 { margin: 2.75rem 0 .5rem; font-size: 1.05rem; }
p, dl, nav, .cells { max-width: 46rem; }
p { margin: .5rem 0; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
.cells { margin: 0 0 2rem; color: var(--quiet); }
.cells.missing { padding-left: .75rem; border-left: 4px solid var(--mark); color: var(--ink); }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .3rem 1.25rem; margin: 1rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
dd .more { color: var(--quiet); }
nav { margin-top: 2.5rem; }
nav h2 { margin: 0 0 .5rem; font-size: 1.05rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li { margin: .25rem 0; color: var(--quiet); }
nav ul ul { margin-bottom: .6rem; padding-left: 1.25rem; font-size: .92rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.note { max-width: 46rem; color: var(--quiet); font-size: .84rem; overflow-wrap: anywhere; }
.note code { white-space: nowrap; }
.cut { color: var(--ink); }
.box { max-width: 100%; overflow-x: auto; overscroll-behavior-x: contain; background:
  linear-gradient(to left, var(--paper) 40%, transparent) right / 3rem 100% no-repeat local,
  linear-gradient(to left, var(--hair), transparent) right / 1rem 100% no-repeat scroll; }
table { border-collapse: collapse; font-size: .84rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 .6rem; text-align: left; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(46rem, calc(100vw - 2.5rem)); }
th, td { padding: .24rem .7rem; text-align: right; vertical-align: baseline; white-space: nowrap; font-weight: 400; }
tr > :first-child { padding-left: .2rem; }
tr > :last-child { padding-right: .2rem; }
.w { text-align: left; }
thead th { padding-top: .4rem; padding-bottom: .4rem; vertical-align: bottom; font-weight: 600;
  border-top: 2px solid var(--rule); border-bottom: 1px solid var(--rule); }
thead span { display: inline-block; width: max-content; max-width: 8.5em; white-space: normal; }
tbody tr:last-child > * { border-bottom: 2px solid var(--rule); }
table:not(.sorted) tbody tr.new > * { border-top: 1px solid var(--hair); }
tbody tr:hover > * { background: var(--shade); }
.again, .ends, .none { color: var(--quiet); }
.sorted .again { color: inherit; }
thead button { position: relative; margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit;
  text-align: inherit; cursor: pointer; }
thead button:hover { color: var(--accent); }
th[aria-sort=ascending] button::after, th[aria-sort=descending] button::after { position: absolute; left: 100%; bottom: 0;
  padding-left: .12em; color: var(--accent); font-size: .8em; content: "\25B2"; }
th[aria-sort=descending] button::after { content: "\25BC"; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1.75rem 1.5rem; margin: 1rem 0; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
.card { width: fit-content; max-width: 100%; padding: .5rem; overflow-x: auto; background: #fff; color: #000; border: 1px solid var(--hair); border-radius: 3px; }
.card svg { display: block; max-width: 100%; height: auto; }
.wide .card svg { min-width: 40rem; }
figcaption { margin-top: .5rem; font-size: .84rem; color: var(--quiet); overflow-wrap: anywhere; }
figcaption b { color: var(--ink); font-weight: 600; }
.undrawn { padding: .75rem; border: 1px dashed var(--hair); font-size: .84rem; overflow-wrap: anywhere; }
summary { cursor: pointer; }
pre { margin: .75rem 0; padding: .75rem 1rem; overflow-x: auto; background: var(--shade); line-height: 1.4; }
@media screen and (min-width: 50rem) and (min-height: 40rem) {
  .box.long { overflow-y: auto; max-height: 85vh; width: fit-content; border-bottom: 1px solid var(--hair); }
  .box.long thead th { position: sticky; top: 0; z-index: 1; border: 0; background: var(--paper); box-shadow: inset 0 2px var(--rule), inset 0 -1px var(--rule); }
}
@media (max-width: 36rem) {
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.5rem; }
  h2 { margin-top: 3rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; }
  th, td { padding-left: .5rem; padding-right: .5rem; }
}
@page { margin: 14mm 12mm; }
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #333; --rule: #000; --hair: #bbb; --accent: #000;
    --mark: #000; --shade: #fff; }
  html { font-size: 9pt; }
  main { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
  h2, h3, h3 + .note, caption { break-after: avoid; }
  tr, figure, .note, dl { break-inside: avoid; }
  .box, .card, pre { overflow: visible; background: none; }
  .card { padding: 0; border: 0; }
  .figures { display: block; }
  figure { display: inline-block; width: 48.5%; margin: 0 1% 6mm 0; vertical-align: top; }
  .card svg { max-width: 80mm; }
  figure.wide { display: block; width: auto; }
  .wide .card svg { min-width: 0; max-width: 100%; max-height: 85mm; }
  table { font-size: 6.2pt; }
  caption { font-size: 8pt; }
  thead button { position: static; display: contents; }
  caption span { position: static; max-width: none; }
  th, td { padding: 1.2pt 2.5pt; }
  .w, td:not([data-v]) { white-space: normal; overflow-wrap: break-word; hyphens: none; }
  pre { padding: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 7pt; }
}
)";

constexpr std::string_view kScript = R"(
"use strict";
const words = new Intl.Collator("en", { numeric: true });
// Numbers before words, nothing last whichever way it is sorted.
function compare(a, b, way) {
  if (a.kind !== b.kind || a.kind === 2) return a.kind - b.kind;
  return way * (a.kind === 0 ? a.value - b.value : words.compare(a.value, b.value));
}
function key(cell) {
  if (cell.dataset.v !== undefined) return { kind: 0, value: parseFloat(cell.dataset.v) };
  const text = cell.querySelector(".none") ? "" : cell.textContent;
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
addEventListener("beforeprint", () => {
  for (const closed of document.querySelectorAll("details")) closed.open = true;
});
)";

// RFC 4648; `hex` has pairs of digits.
std::string base64_of_hex(const std::string& hex) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {
    const std::string three = hex.substr(i, 6);
    std::uint32_t bits = 0;
    for (const char digit : three + std::string(6 - three.size(), '0')) {
      bits = bits << 4U | static_cast<std::uint32_t>(
                              std::string_view("0123456789abcdef").find(digit));
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k > three.size() / 2 ? '=' : kLetters[bits >> (18 - 6 * k) & 63U];
    }
  }
  return out;
}

}  // namespace

std::string page_style() { return std::string(kStyle); }

std::string page_script() { return std::string(kScript); }

std::string page_policy() {
  return fmt::format(
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; "
      "base-uri 'none'; form-action 'none'",
      base64_of_hex(storage::sha256(kScript)));
}

}  // namespace coxswain::analysis
