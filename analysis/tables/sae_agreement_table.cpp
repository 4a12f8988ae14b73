#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"
#include "storage/results/model_rows.hpp"

namespace coxswain::analysis {
namespace {

using storage::DecompositionRow;

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

// Vector, method and parameter: what several SAEs were asked.
using Question = std::tuple<std::int32_t, std::int32_t, double>;

std::map<Question, Picked> by_question(const storage::Results& results) {
  std::map<Question, Picked> groups;
  for (const DecompositionRow* row :
       own_convention(results, without_b_dec(results))) {
    if (row->vector < 0 || row->scale != 1 ||
        !is(row->control, storage::Control::none)) {
      continue;
    }
    groups[{row->vector, row->method, row->parameter}].push_back(row);
  }
  return groups;
}

// Makes the row of two SAEs' decompositions of one vector.
class Pairs {
 public:
  explicit Pairs(const storage::Results& results)
      : results_(results), rebuilt_(results, "reconstructions") {}

  void add(const DecompositionRow& a, const DecompositionRow& b,
           Table& table) const {
    const storage::VectorRow& vector =
        results_.vectors[static_cast<std::size_t>(a.vector)];
    Coverage coverage = covered(results_, a.cell);
    coverage += covered(results_, b.cell);
    table.coverage.push_back(coverage);
    table.rows.push_back({behaviour_name(results_, vector.behaviour),
                          std::int64_t{vector.layer}, method_name(results_, a),
                          sae_name(results_, a.sae), sae_name(results_, b.sae),
                          cosine(row_of(a), row_of(b)), a.cosine, b.cosine,
                          a.explained_variance, b.explained_variance});
  }

 private:
  std::vector<float> row_of(const DecompositionRow& row) const {
    return rebuilt_.floats(
        static_cast<std::size_t>(&row - results_.decompositions.data()));
  }

  const storage::Results& results_;
  storage::ModelRows rebuilt_;
};

}  // namespace

Table sae_agreement_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "agreement";
  table.title = "What different SAEs say of the same vector, at scale 1";
  table.columns = {{"behaviour"},        {"layer"},
                   {"method"},           {"SAE"},
                   {"other SAE"},        {"cosine", 3},
                   {"its cosine", 3},    {"other's", 3},
                   {"its explained", 3}, {"other's explained", 3}};
  std::optional<Pairs> pairs;  // read if there are any
  for (const auto& [question, rows] : by_question(results)) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = i + 1; j < rows.size(); ++j) {
        if (!pairs) pairs.emplace(results);
        pairs->add(*rows[i], *rows[j], table);
      }
    }
  }
  table.notes = {
      "cosine: of the two reconstructions to each other; its and other's: to "
      "the vector, and 1 - |v - v_hat|^2 / |v|^2. Two that both keep little of "
      "the vector can still agree: on what they make of anything."};
  return table;
}

}  // namespace coxswain::analysis
