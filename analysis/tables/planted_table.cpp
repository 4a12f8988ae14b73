#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

// Controls made of decoder rows, so that the answer is known.
constexpr std::array kKnown{storage::Control::sparse,
                            storage::Control::decoder_row};

// One method on vectors of one control, an entry a vector.
struct Found {
  bool asked = false;
  std::vector<double> share, share_with_sign, cosine;
  Coverage cells;

  void add(const storage::DecompositionRow& row, const Coverage& cell) {
    asked = true;
    cells += cell;
    if (row.n_atoms < 0 || row.planted <= 0) return;  // not computed
    const double planted = row.planted;
    share.push_back(row.recovered / planted);
    share_with_sign.push_back(row.recovered_signs / planted);
    cosine.push_back(row.cosine);
  }
};

// A row of the table: one method of an SAE on the vectors of each control.
struct Method {
  std::int32_t sae = 0;
  std::string name;
  std::array<Found, kKnown.size()> found;
};

// The methods that met a known answer at scale 1, in the order of the sweep.
std::vector<Method> methods_of(const storage::Results& results) {
  std::vector<Method> methods;
  std::map<std::tuple<std::int32_t, std::int32_t, double>, std::size_t> places;
  for (const auto* row : own_convention(results, without_b_dec(results))) {
    const auto control = static_cast<std::size_t>(
        std::ranges::find_if(
            kKnown,
            [&](storage::Control one) { return is(row->control, one); }) -
        kKnown.begin());
    if (control == kKnown.size() || row->scale != 1) continue;
    const auto [place, is_new] = places.try_emplace(
        {row->sae, row->method, row->parameter}, methods.size());
    if (is_new) methods.push_back({row->sae, method_name(results, *row), {}});
    methods[place->second].found[control].add(*row,
                                              covered(results, row->cell));
  }
  return methods;
}

// Indices of the controls of kKnown that the sweep has.
std::vector<std::size_t> controls_of(const std::vector<Method>& methods) {
  std::vector<std::size_t> controls;
  for (std::size_t i = 0; i < kKnown.size(); ++i) {
    if (std::ranges::any_of(
            methods, [&](const Method& one) { return one.found[i].asked; })) {
      controls.push_back(i);
    }
  }
  return controls;
}

// Best first within an SAE; what was not computed last.
void sort_by_share(std::vector<Method>& methods, std::size_t control) {
  std::ranges::stable_sort(methods, {}, [&](const Method& one) {
    const double share = mean(one.found[control].share);
    // Shares are at most 1: their negatives are below 1, where the missing ones
    // stand.
    return std::tuple(one.sae, std::isnan(share) ? 1 : -share);
  });
}

}  // namespace

Table planted_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "planted";
  table.title =
      "Known answers: how many of the atoms that a vector was made of each "
      "method finds";
  table.columns = {{"SAE"}, {"method"}};
  table.notes = {
      "sparse: vectors made of a few decoder rows of either sign; decoder-row: "
      "of one, positive. recovered: mean share of these rows among as many of",
      "the method's strongest features; right sign: of these rows again, found "
      "with the sign they were given. Best first, by the first share.",
      "A reconstruction of nothing has no cosine and does not count."};
  std::vector<Method> methods = methods_of(results);
  const std::vector<std::size_t> controls = controls_of(methods);
  if (controls.empty()) return table;
  for (const std::size_t i : controls) {
    const std::string name = name_of(kKnown[i]);
    table.columns.insert(table.columns.end(), {{name + " recovered", 3},
                                               {name + " right sign", 3},
                                               {name + " cosine", 3},
                                               {name + " vectors"}});
  }
  sort_by_share(methods, controls[0]);
  for (const Method& one : methods) {
    auto& cells = table.rows.emplace_back(
        std::vector<TableCell>{sae_name(results, one.sae), one.name});
    Coverage& covered_cells = table.coverage.emplace_back();
    for (const std::size_t i : controls) {
      const Found& found = one.found[i];
      covered_cells += found.cells;
      cells.insert(cells.end(),
                   {mean(found.share), mean(found.share_with_sign),
                    mean_present(found.cosine), std::ssize(found.share)});
    }
  }
  return table;
}

}  // namespace coxswain::analysis
