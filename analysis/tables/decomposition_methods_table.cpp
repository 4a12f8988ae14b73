#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

using storage::Control;

// Vectors without a meaning that are as long as the steering vector.
constexpr Control kNoise[] = {Control::random, Control::covariance,
                              Control::shuffled};

// One method on one vector and SAE; the controls' rows name the vector that
// they stand in for.
auto place_of(const storage::DecompositionRow& row) {
  return std::tuple(row.vector, row.sae, row.method, row.parameter);
}

using Place = decltype(place_of(storage::DecompositionRow{}));

// The cosines of a control, a number a seed, at each place.
using Noise = std::map<Control, std::map<Place, std::vector<double>>>;

TableCell noise_cosine(const Noise& noise, Control control,
                       const storage::DecompositionRow& row) {
  const auto& places = noise.at(control);
  const auto found = places.find(place_of(row));
  // mean of nothing: NaN, an empty cell.
  return found == places.end() ? mean({}) : mean_present(found->second);
}

// The table without its rows and the columns of noise.
Table bare_table() {
  Table table;
  table.name = "decompositions";
  table.title =
      "Decompositions: each method on the vectors, and its mean cosine on "
      "vectors without a meaning";
  table.columns = {{"behaviour"},
                   {"SAE"},
                   {"method"},
                   {"b_dec"},
                   {"atoms"},
                   {"cosine", 3},
                   {"norm ratio"},
                   {"explained variance", 3},
                   {"residual cosine", 3}};
  table.notes = {
      "At scale 1. residual cosine: of what is left over to the vector. "
      "Cosines of random and so on: mean over seeds, each as long as the "
      "vector;",
      "a reconstruction of nothing has no cosine and does not count. Where "
      "noise does as well as the vector, the method's cosine says nothing of "
      "the vector."};
  return table;
}

}  // namespace

Table decomposition_methods_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table = bare_table();
  Picked rows;
  Noise noise;
  std::map<Place, Coverage> noise_cells;
  for (const auto* row : own_convention(results, without_b_dec(results))) {
    if (row->scale != 1) continue;
    const auto control = static_cast<Control>(row->control);
    if (storage::is(row->control, Control::none)) rows.push_back(row);
    if (storage::is(row->control, control) &&
        std::ranges::count(kNoise, control) > 0) {
      noise[control][place_of(*row)].push_back(row->cosine);
      noise_cells[place_of(*row)] += covered(results, row->cell);
    }
  }
  // Stable: methods stay in the order of the sweep.
  std::ranges::stable_sort(rows, {}, [&](const auto* row) {
    return std::tuple(
        results.vectors.at(static_cast<std::size_t>(row->vector)).behaviour,
        row->sae);
  });
  for (const Control control : kNoise) {
    if (!noise.contains(control)) continue;
    table.columns.push_back({std::string(name_of(control)) + " cosine", 3});
  }
  for (const auto* row : rows) {
    table.coverage.push_back(noise_cells[place_of(*row)]);
    table.coverage.back() += covered(results, row->cell);
    auto& cells = table.rows.emplace_back(std::vector<TableCell>{
        behaviour_name(
            results,
            results.vectors[static_cast<std::size_t>(row->vector)].behaviour),
        sae_name(results, row->sae), method_name(results, *row),
        convention_name(results, *row), count_cell(row->n_atoms), row->cosine,
        row->norm_ratio, row->explained_variance, row->residual_cosine});
    for (const Control control : kNoise) {
      if (!noise.contains(control)) continue;
      cells.push_back(noise_cosine(noise, control, *row));
    }
  }
  return table;
}

}  // namespace coxswain::analysis
