#include <string>
#include <string_view>

#include "analysis/page/html_looks.hpp"
#include "analysis/page/palette.hpp"

namespace coxswain::analysis {
namespace {

// Headings, text, the first screen.
constexpr std::string_view kText = R"(
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4rem; font-size: 15px; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.45;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 9; padding: .5rem .75rem; background: var(--paper); color: var(--accent); }
header, main, footer { max-width: 90rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: .75rem; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.25rem; }
footer { padding-bottom: 4rem; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.35rem; letter-spacing: -.01em; }
h2 { margin: 3.5rem 0 .75rem; font-size: 1.3rem; }
h3 { margin: 2rem 0 .4rem; font-size: 1.03rem; }
p, dl, nav { max-width: 46rem; }
p { margin: .5rem 0; }
p, li { overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
.cells { margin: 0; max-width: none; color: var(--quiet); font-size: .88rem; overflow-wrap: anywhere; }
.cells.missing { padding-left: .6rem; border-left: 4px solid var(--mark); color: var(--ink); }
.first { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 2rem; }
.first h2 { margin: .8rem 0 .3rem; font-size: 1.03rem; }
.first figure .card { padding: .2rem; }
.first figure details { display: inline-block; margin-right: 1rem; }
.first figure details[open] { display: block; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.answers, .answers ul { margin: 0; padding: 0; list-style: none; }
.answers li.more { border: 0; padding: 0; }
.answers li { margin: 0 0 .45rem; padding-left: .7rem; border-left: 4px solid var(--hair); }
.answers .yes { border-color: var(--good); }
.answers .no, .answers .weak { border-color: var(--mark); }
.answers h3 { margin: 0; font-size: .95rem; }
.answers b { font-weight: 600; color: var(--quiet); white-space: nowrap; }
.answers .yes b { color: var(--good); }
.answers .no b { color: var(--mark); }
.answers p { margin: .05rem 0 0; max-width: none; font-size: .9rem; line-height: 1.38; overflow-wrap: anywhere; }
.answers .from { color: var(--quiet); font-size: .8rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .3rem 1.25rem; margin: 1rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
dd .more { color: var(--quiet); }
nav { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--hair); }
nav h2 { margin: 0 0 .4rem; font-size: 1.03rem; }
nav ol, .index { margin: 0; padding: 0; list-style: none; }
nav li, .index li { margin: .3rem 0; color: var(--quiet); overflow-wrap: anywhere; }
.index { columns: 26rem; font-size: .9rem; }
#filter { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; align-items: baseline; margin: 0 -.75rem; padding: .5rem .75rem; background: var(--paper);
  border-bottom: 1px solid var(--hair); font-size: .88rem; }
#filter[hidden], tr[hidden], figure[hidden] { display: none; }
#filter label { color: var(--quiet); }
#filter select, #filter button { max-width: 15rem; font: inherit; color: var(--ink); background: var(--shade);
  border: 1px solid var(--quiet); border-radius: 3px; padding: .15rem .3rem; }
.look { color: var(--ink); }
.note, .notes li { max-width: 46rem; color: var(--quiet); font-size: .84rem; overflow-wrap: anywhere; }
.note code { white-space: nowrap; }
.cut { color: var(--ink); }
summary { cursor: pointer; color: var(--accent); font-size: .84rem; }
pre { margin: .75rem 0; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--shade); line-height: 1.4; }
)";

// Tables and figures.
constexpr std::string_view kTables = R"(
.box { max-width: 100%; width: fit-content; overflow-x: auto; overscroll-behavior-x: contain; }
table { border-collapse: separate; border-spacing: 0; font-size: .84rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 .4rem; text-align: left; color: var(--quiet); }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(46rem, calc(100vw - 3rem)); }
th, td { height: 1.68rem; padding: .2rem .6rem; text-align: right; vertical-align: baseline; white-space: nowrap; font-weight: 400; background: var(--paper); }
tr > :first-child { padding-left: .2rem; }
tr > :last-child { padding-right: .2rem; }
.w { text-align: left; }
.k0, .k1, .k2 { position: sticky; left: var(--k0, auto); z-index: 1; }
.k1 { left: var(--k1, auto); }
.k2 { left: var(--k2, auto); }
.z { left: var(--z, 0); box-shadow: 1px 0 var(--hair); }
thead th { padding-top: .3rem; padding-bottom: .3rem; vertical-align: bottom; font-weight: 600;
  border-top: 2px solid var(--rule); border-bottom: 1px solid var(--rule); }
thead span { display: inline-block; }
tbody tr:last-child > * { border-bottom: 2px solid var(--rule); }
table:not(.sorted) tbody tr.new > * { border-top: 1px solid var(--hair); }
tbody tr:hover > *, tbody tr:target > * { background: var(--shade); }
tbody tr:target > * { border-top: 1px solid var(--accent); border-bottom: 1px solid var(--accent); }
.again, .ends, .none { color: var(--quiet); }
.sorted .again { color: inherit; }
th a, td a { color: inherit; text-decoration: underline dotted var(--quiet) 1px; }
th a:hover, td a:hover { color: var(--accent); }
tr:has(a[href^="#from-"]) td[data-v] { cursor: pointer; }
.fires summary { color: inherit; font-size: inherit; text-decoration: underline dotted var(--quiet) 1px; }
.fires summary:hover { color: var(--accent); }
.fires dl { grid-template-columns: max-content 1fr; gap: .4rem .8rem; width: max-content; max-width: min(44rem, 55vw); margin: .4rem 0 .7rem;
  text-align: left; white-space: normal; }
.fires dd { margin: 0; }
.fires ol { margin: 0; padding: 0; list-style: none; }
.fires li { margin: 0 0 .15rem; padding-left: 3em; text-indent: -3em; overflow-wrap: anywhere; }
.fires .ends { display: inline-block; min-width: 2.8em; text-indent: 0; }
mark { color: inherit; background: none; font-weight: 600; }
thead button { position: relative; display: flex; width: 100%; min-width: 24px; min-height: 24px; align-items: flex-end; justify-content: flex-end;
  margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; cursor: pointer; }
.w button { justify-content: flex-start; }
thead button:hover { color: var(--accent); }
th[aria-sort=ascending] button::after, th[aria-sort=descending] button::after { position: absolute; left: 100%; bottom: 0;
  padding-left: .12em; color: var(--accent); font-size: .8em; content: "\25B2"; }
th[aria-sort=descending] button::after { content: "\25BC"; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1.75rem 1.5rem; margin: 1rem 0; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
.card { width: fit-content; max-width: 100%; padding: .5rem; background: #fff; color: #000; border: 1px solid var(--hair); border-radius: 3px; }
.card svg { display: block; max-width: 100%; height: auto; overflow: visible; }
.wide .card { overflow-x: auto; }
.wide .card svg { min-width: 40rem; }
figcaption { margin-top: .4rem; font-size: .84rem; color: var(--quiet); overflow-wrap: anywhere; }
figcaption b { color: var(--ink); font-weight: 600; }
@media screen and (prefers-color-scheme: dark) {
  .card { background: var(--paper); }
  .card svg { filter: invert(.917) hue-rotate(180deg); }
}
.undrawn { padding: .75rem; border: 1px dashed var(--hair); font-size: .84rem; overflow-wrap: anywhere; }
)";

// By width.
constexpr std::string_view kWidths = R"(
@media screen and (min-width: 64rem) {
  .first { grid-template-columns: 21.5rem minmax(0, 1fr); }
  .first > :first-child { grid-column: 1 / -1; }
  .first > .drawn { margin-top: .8rem; }
  .first .card svg { max-height: 20rem; width: auto; }
  .first .w.z { max-width: 19rem; white-space: normal; }
  .answers { columns: 2; column-gap: 2rem; }
  .answers li { break-inside: avoid; }
  .answers li:has(h3):not(:has(+ li h3)) { break-after: avoid; }
  #filter { position: sticky; top: 0; z-index: 4; }
}
@media screen and (min-height: 40rem) {
  .box.long { overflow-y: auto; max-height: 75vh; border-bottom: 1px solid var(--hair); }
  .box.long thead th { position: sticky; top: 0; z-index: 2; border: 0; box-shadow: inset 0 2px var(--rule), inset 0 -1px var(--rule); }
  .box.long thead .k0, .box.long thead .k1, .box.long thead .k2 { z-index: 3; }
}
@media screen and (min-width: 36.01rem) and (max-width: 63.99rem) {
  .w.k0:not(.z) { max-width: 9rem; white-space: normal; overflow-wrap: break-word; }
  .w.z { max-width: 13rem; white-space: normal; }
  thead th, td[data-v] { white-space: normal; }
  .ends { display: inline-block; white-space: nowrap; }
}
@media screen and (max-width: 36rem) {
  header, main, footer { padding-left: .9rem; padding-right: .9rem; }
  h2 { margin-top: 2.5rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; }
  th, td { padding: .15rem .13rem .56rem; }
  .first th, .first td { padding-top: .08rem; padding-bottom: .08rem; }
  thead th { font-size: .67rem; }
  thead th { white-space: normal; }
  .w.z { max-width: 9rem; white-space: normal; overflow-wrap: break-word; }
  .w.k1:not(.z) { min-width: 4.5rem; max-width: 6rem; white-space: normal; overflow-wrap: break-word; }
  .ends { display: block; white-space: nowrap; }
  .k0.w:not(.z) { left: 0; z-index: 2; width: 0; min-width: 0; max-width: 0; padding: .4rem 0 0 .2rem; vertical-align: top; }
  thead .k0.w:not(.z) { padding-top: 0; }
  tbody a, .fires summary { padding: .4rem 0; }
  thead .k0.w:not(.z) ~ th { height: 3.75rem; }
  tbody tr:first-child > .k0.w:not(.z) ~ *, .new > .k0.w:not(.z) ~ *, .sorted .k0.w:not(.z) ~ *, .moved .k0.w:not(.z) ~ * { height: 3.8rem; padding-top: 2.15rem; }
  html:not(.moved) table:not(.sorted) .k0.again:not(.z) { font-size: 0; }
  table { font-size: .73rem; line-height: 1.25; }
  .first caption { display: none; }
  .first .card svg { max-height: 12rem; width: auto; }
  .first figure { display: grid; grid-template-columns: auto minmax(0, 1fr); grid-auto-rows: min-content; gap: 0 .6rem; }
  .first .card { grid-row: 1 / span 4; }
  .first figure details[open] { grid-column: 1 / -1; }
  .first figure details { margin: .3rem 0 0; }
  .first figure summary { padding: .25rem 0; }
  .first figcaption .said, .answers .from { display: none; }
  .answers li { margin-bottom: .18rem; }
  .answers h3 { font-size: .87rem; line-height: 1.2; }
  .answers p { font-size: .78rem; line-height: 1.22; }
  .first h2 { margin: .3rem 0 .15rem; }
  caption span { max-width: calc(100vw - 1.8rem); }
}
)";

// On paper: light, whole, nothing that moves.
constexpr std::string_view kPaper = R"(
@page { size: A4; margin: 14mm 12mm; }
@page across { size: A4 landscape; }
@media print {
  h2:has(+ .across) { page: across; }
  :root { color-scheme: light; --quiet: #333; --hair: #bbb; --accent: #000; --shade: #fff; }
  html { font-size: 9pt; }
  header, main, footer { max-width: none; padding: 0; }
  a, th a, td a { color: inherit; text-decoration: none; }
  .skip, #filter, nav, .values, .fires dl, .fires p, .first figure .values[open] { display: none; }
  .answers, .index { columns: 1; }
  details::details-content { content-visibility: visible; block-size: auto; }
  h2, h3, .look, caption, .note:has(+ .figures) { break-after: avoid; break-inside: avoid; }
  tr, figure, .note, .answers li, .box:not(.long) table { break-inside: avoid; }
  thead { break-after: avoid; }
  .box, .card, pre { overflow: visible; width: auto; }
  .fires summary { list-style: none; text-decoration: none; }
  .card { padding: 0; border: 0; }
  .first { display: block; }
  .figures { grid-template-columns: 1fr 1fr; gap: 6mm 4mm; }
  .first figure { display: grid; grid-template-columns: auto minmax(0, 1fr); grid-auto-rows: min-content; gap: 0 4mm; }
  .first .card { grid-row: 1 / span 4; }
  .card svg { max-width: 80mm; }
  .first .card svg { max-width: 64mm; }
  .wide .card svg { min-width: 0; max-width: 125mm; max-height: 85mm; }
  .across { page: across; }
  table { font-size: 6.4pt; }
  thead { display: table-header-group; }
  caption { font-size: 8pt; }
  thead button { display: contents; }
  .k0, .k1, .k2, caption span, thead th { position: static; max-width: none; box-shadow: none; }
  th, td { height: auto; padding: 1.2pt 2.5pt; }
  .dense table { font-size: 6pt; }
  .dense th, .dense td { padding: 1.2pt 1.6pt; }
  #table-steerability .ends { display: block; }
  .w, td:not([data-v]) { white-space: normal; overflow-wrap: break-word; hyphens: none; }
  [id^=table-provenance] td:nth-last-child(-n + 2), #table-origins td { overflow-wrap: anywhere; }
  pre { padding: 0; font-size: 7pt; }
}
)";

}  // namespace

std::string page_style() {
  return palette_style().append(kText).append(kTables).append(kWidths).append(
      kPaper);
}

}  // namespace coxswain::analysis
