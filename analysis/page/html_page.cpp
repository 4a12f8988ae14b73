#include "analysis/page/html_page.hpp"

#include <fmt/format.h>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/table_html.hpp"
#include "analysis/page/html_looks.hpp"
#include "analysis/page/html_provenance.hpp"
#include "analysis/page/html_summary.hpp"

namespace coxswain::analysis {
namespace {

std::string head_of(const std::string& name) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{} \xE2\x80\x93 coxswain report</title>\n"
      "<style>{}</style>\n</head>\n",
      page_policy(), html_text(name), page_style());
}

std::string entry(const std::string& id, const std::string& text) {
  return fmt::format("<li><a href=\"#{}\">{}</a>", id, html_text(text));
}

// "Table 1" is the link, what it has stands beside it.
std::string entry(const Table& table) {
  const std::string head = split_title(table.title).head;
  return entry(html_id("table", table.name), head) +
         html_text(table.title.substr(head.size())) + "</li>\n";
}

std::string contents_of(const Page& page) {
  std::string out =
      "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n"
      "<ul>\n";
  if (!page.figures.empty()) {
    out += entry("figures", "Figures") + "\n<ul>\n";
    for (const FigureKind& kind : kinds_of(page.figures)) {
      out += entry(html_id("figures", kind.name), kind.title) + "</li>\n";
    }
    out += "</ul></li>\n";
  }
  if (!page.tables.empty()) {
    out += entry("tables", "Tables") + "\n<ul>\n";
    for (const Table& table : page.tables) out += entry(table);
    out += "</ul></li>\n";
  }
  if (!page.methods.paragraphs.empty()) {
    out += entry("methods", page.methods.title) + "</li>\n";
  }
  return out + entry("provenance", "Provenance") + "</li>\n</ul>\n</nav>\n";
}

}  // namespace

std::string html_page(const Page& page) {
  const std::string name = page.name.empty() ? "Results" : page.name;
  std::string out = head_of(name);
  out += fmt::format("<body>\n<main>\n<h1>{}</h1>\n", html_text(name));
  out += html_summary(page.results);
  out += contents_of(page);
  if (!page.figures.empty()) {
    out += "<h2 id=\"figures\">Figures</h2>\n" + to_html(page.figures);
  }
  if (!page.tables.empty()) out += "<h2 id=\"tables\">Tables</h2>\n";
  for (const Table& table : page.tables) {
    out += to_html(table, table.name + ".csv");
  }
  if (!page.methods.paragraphs.empty()) {
    out += to_html(page.methods, "methods");
  }
  out += "<h2 id=\"provenance\">Provenance</h2>\n";
  out += html_provenance(page.results) + "</main>\n";
  return out +
         // At the end: the page is whole without it.
         fmt::format("<script>{}</script>\n</body>\n</html>\n", page_script());
}

}  // namespace coxswain::analysis
