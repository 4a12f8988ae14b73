#include "analysis/page/facets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

// A cell as text; layers are numbers.
std::string text_of(const TableCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  const auto* whole = std::get_if<std::int64_t>(&cell);
  return whole == nullptr ? "" : std::to_string(*whole);
}

// A name that stands behind a figure's kind: "steerability_by_layer-NAME".
std::string behind_kind(const std::string& figure) {
  const std::size_t hyphen = figure.find('-');
  return hyphen == std::string::npos ? "" : figure.substr(hyphen + 1);
}

}  // namespace

void Facets::Kind::add(const std::string& one) {
  if (rows.emplace(one, names.size()).second) names.push_back(one);
}

std::string Facets::Kind::word(const std::string& one) const {
  const auto at = rows.find(one);
  return at == rows.end() ? "" : fmt::format("{}{}", letter, at->second);
}

Facets::Facets(const storage::Results& results) : results_(results) {
  for (std::size_t i = 0; i < results.behaviours.size(); ++i) {
    behaviours_.add(behaviour_name(results, static_cast<std::int32_t>(i)));
  }
  std::set<std::int32_t> layers;
  for (const auto& row : results.vectors) layers.insert(row.layer);
  for (const auto& row : results.variants) layers.insert(row.layer);
  for (const std::int32_t layer : layers) layers_.add(std::to_string(layer));
  for (const auto& row : results.decompositions) {
    if (row.draw < 0) methods_.add(method_name(results, row));
  }
  for (std::size_t i = 0; i < results.saes.size(); ++i) {
    saes_.add(sae_name(results, static_cast<std::int32_t>(i)));
  }
}

std::string Facets::of_row(const Table& table, std::size_t row) const {
  std::set<std::string> words;
  const auto& cells = table.rows.at(row);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::string& column = table.columns[c].name;
    for (const Kind* kind : {&behaviours_, &layers_, &methods_, &saes_}) {
      if (column == kind->name) words.insert(kind->word(text_of(cells[c])));
    }
    if (column == "vector") words.insert(behaviours_.word(text_of(cells[c])));
  }
  if (row < table.made_of.size()) {
    for (const std::int32_t index : table.made_of[row]) {
      const auto& variant =
          results_.variants.at(static_cast<std::size_t>(index));
      words.insert(
          behaviours_.word(behaviour_name(results_, variant.behaviour)));
      for (const std::int32_t layer : layers_of(results_, variant)) {
        words.insert(layers_.word(std::to_string(layer)));
      }
      if (const std::int32_t sae = sae_of(results_, variant); sae >= 0) {
        words.insert(saes_.word(sae_name(results_, sae)));
      }
      if (variant.decomposition < 0) continue;
      const auto& decomposition = results_.decompositions.at(
          static_cast<std::size_t>(variant.decomposition));
      words.insert(methods_.word(method_name(results_, decomposition)));
    }
  }
  return joined(words);
}

std::string Facets::of_figure(const Figure& figure) const {
  const std::string name = behind_kind(figure.name);
  std::set<std::string> words;
  for (const Kind* kind : {&behaviours_, &saes_}) {
    for (const std::string& one : kind->names) {
      if (file_name_part(one) == name) words.insert(kind->word(one));
    }
  }
  return joined(words);
}

std::string Facets::bar() const {
  std::string selects;
  for (const Kind* kind : {&behaviours_, &layers_, &methods_, &saes_}) {
    if (kind->names.size() < 2) continue;
    selects += fmt::format("<label>{} <select><option value=\"\">all</option>",
                           kind->name);
    const std::size_t n = std::min(kind->names.size(), kMostChoices);
    for (std::size_t i = 0; i < n; ++i) {
      selects += fmt::format("<option value=\"{}{}\">{}</option>", kind->letter,
                             i, html_text(kind->names[i]));
    }
    selects += "</select></label>\n";
  }
  if (selects.empty()) return "";
  return "<div id=\"filter\" role=\"search\" aria-label=\"Filter rows and "
         "figures\" hidden>\n<span>Show</span>\n" +
         selects +
         "<button type=\"button\">Show all</button>\n<output></output>\n"
         "</div>\n";
}

}  // namespace coxswain::analysis
