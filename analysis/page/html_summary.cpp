#include "analysis/page/html_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "analysis/forms/html_text.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kMostNames = 12;

std::string counted(std::int64_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

// A list of items as they are; of many the first few.
std::string listed(const std::vector<std::string>& items, const char* between) {
  const std::size_t shown = std::min(items.size(), kMostNames);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    out += (i > 0 ? between : "") + items[i];
  }
  if (shown < items.size()) {
    out += fmt::format("{}and {} more", between, items.size() - shown);
  }
  return out;
}

std::string named(const std::string& name, const std::string& more) {
  return fmt::format("{} <span class=\"more\">{}</span>", html_text(name),
                     html_text(more));
}

template <class Row, class Number>
std::string distinct(const std::vector<Row>& rows, Number Row::*number) {
  std::set<Number> numbers;
  for (const Row& row : rows) numbers.insert(row.*number);
  std::vector<std::string> items;
  for (const Number one : numbers) items.push_back(fmt::format("{}", one));
  return listed(items, ", ");
}

std::string models_of(const storage::Results& results) {
  std::vector<std::string> items;
  for (const storage::ModelRow& row : results.models) {
    items.push_back(named(
        row.name.str(),
        fmt::format("{}, {}, d_model {}", row.family.str(),
                    counted(row.n_layers, "layer", "layers"), row.d_model)));
  }
  return listed(items, "<br>");
}

std::string answers_of(const storage::BehaviourRow& row) {
  if (row.letters != 0) return "(A) and (B)";
  const std::string first = row.answer_first.str();
  return first.empty() ? "in words" : first + " and " + row.answer_second.str();
}

std::string behaviours_of(const storage::Results& results) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < results.behaviours.size(); ++i) {
    const storage::BehaviourRow& row = results.behaviours[i];
    const DataFacts facts = data_facts(results, static_cast<std::int32_t>(i));
    items.push_back(named(
        behaviour_name(results, static_cast<std::int32_t>(i)),
        fmt::format("{}, n = {} in {}, answers {}",
                    facts.own_vector
                        ? "a vector from a file"
                        : counted(row.train, "training pair", "training pairs"),
                    row.test,
                    counted(static_cast<std::int64_t>(facts.test_clusters),
                            "cluster", "clusters"),
                    answers_of(row))));
  }
  return listed(items, "<br>");
}

std::string saes_of(const storage::Results& results) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < results.saes.size(); ++i) {
    const storage::SaeRow& row = results.saes[i];
    items.push_back(named(
        sae_name(results, static_cast<std::int32_t>(i)),
        fmt::format("{}, {}, layer {}", row.architecture.str(),
                    counted(row.d_sae, "feature", "features"), row.layer)));
  }
  return listed(items, "<br>");
}

std::string items_of(const storage::Results& results) {
  std::int64_t train = 0, test = 0, clusters = 0;
  for (std::size_t i = 0; i < results.behaviours.size(); ++i) {
    const storage::BehaviourRow& row = results.behaviours[i];
    train += row.train;
    test += row.test;
    clusters += static_cast<std::int64_t>(
        data_facts(results, static_cast<std::int32_t>(i)).test_clusters);
  }
  return fmt::format("n = {} test items in {}, {}", test,
                     counted(clusters, "cluster", "clusters"),
                     counted(train, "training pair", "training pairs"));
}

}  // namespace

std::string html_state(const storage::Results& results) {
  if (results.cells.empty()) return "";
  const std::string missing = completeness(results);
  if (!missing.empty()) {
    return fmt::format("<p class=\"cells missing\">Not complete: {}.</p>\n",
                       html_text(missing));
  }
  return fmt::format(
      "<p class=\"cells\">Complete: {}.</p>\n",
      results.cells.size() == 1
          ? "its one cell was computed"
          : fmt::format("all {} cells were computed", results.cells.size()));
}

std::string html_summary(const storage::Results& results) {
  std::string out = "<dl>\n";
  const auto entry = [&](const char* term, const std::string& html) {
    if (html.empty()) return;
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, html);
  };
  entry(results.models.size() == 1 ? "Model" : "Models", models_of(results));
  entry(results.behaviours.size() == 1 ? "Behaviour" : "Behaviours",
        behaviours_of(results));
  if (!results.behaviours.empty()) entry("Items", items_of(results));
  entry("Vectors of layers",
        distinct(results.vectors, &storage::VectorRow::layer));
  entry("Steered at layers",
        distinct(results.variants, &storage::VariantRow::layer));
  entry("Multipliers",
        distinct(results.propensity, &storage::PropensityRow::multiplier));
  entry(results.saes.size() == 1 ? "SAE" : "SAEs", saes_of(results));
  return out + "</dl>\n";
}

}  // namespace coxswain::analysis
