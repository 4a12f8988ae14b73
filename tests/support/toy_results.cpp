#include "tests/support/toy_results.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "analysis/forms/table_text.hpp"
#include "storage/results/name_tables.hpp"

namespace coxswain::tests {
namespace {

std::int32_t id_of(const std::string& enumeration, const std::string& name) {
  for (const auto& [called, rows] : toy_results().names) {
    if (called != enumeration) continue;
    for (const auto& row : rows) {
      if (row.name.str() == name) return row.id;
    }
  }
  throw std::out_of_range(enumeration + " " + name);
}

}  // namespace

storage::Results toy_results() {
  storage::Results results;
  results.names = storage::name_tables({{"mean-difference", ""},
                                        {"encode", ""},
                                        {"omp", ""},
                                        {"lasso", ""},
                                        {"encode-minus-zero", ""}});
  for (const char* name : {"kind", "curt"}) {
    storage::BehaviourRow behaviour;
    behaviour.name = {name};
    for (const int layer : {3, 5}) {
      storage::VectorRow vector;
      vector.behaviour = static_cast<std::int32_t>(results.behaviours.size());
      vector.layer = layer;
      results.vectors.push_back(vector);
    }
    results.behaviours.push_back(behaviour);
  }
  for (const char* name : {"late", "early"}) {
    storage::SaeRow sae;
    sae.id = static_cast<std::int32_t>(results.saes.size());
    sae.name = {name};
    sae.layer = sae.id == 0 ? 5 : 3;
    sae.b_dec_input = sae.id == 0 ? 1 : 0;
    results.saes.push_back(sae);
  }
  return results;
}

storage::DecompositionRow toy_decomposition(std::int32_t vector,
                                            std::int32_t sae,
                                            const std::string& method,
                                            const std::string& control,
                                            std::int32_t seed) {
  storage::DecompositionRow row;
  row.vector = vector;
  row.sae = sae;
  row.method = id_of("methods", method);
  row.control = id_of("controls", control);
  row.seed = seed;
  row.b_dec_input = sae == 0 ? 1 : 0;
  row.n_atoms = 4;
  row.cosine = 0.5;
  return row;
}

void add_code(storage::Results& results, const storage::DecompositionRow& row,
              const std::vector<std::pair<std::int32_t, double>>& features) {
  std::int32_t rank = 0;
  for (const auto& [id, value] : features) {
    storage::FeatureRow feature;
    feature.decomposition =
        static_cast<std::int32_t>(results.decompositions.size());
    feature.rank = rank++;
    feature.feature = id;
    feature.value = value;
    results.features.push_back(feature);
  }
  results.decompositions.push_back(row);
}

void add_falling_code(storage::Results& results,
                      const storage::DecompositionRow& row,
                      const std::vector<std::int32_t>& features) {
  std::vector<std::pair<std::int32_t, double>> code;
  for (const std::int32_t id : features) {
    code.emplace_back(id, 9.5 - static_cast<double>(code.size()));
  }
  add_code(results, row, code);
}

void add_sign_null(storage::Results& results, std::int32_t vector,
                   std::int32_t sae,
                   const std::vector<std::vector<std::int32_t>>& counts,
                   std::int32_t clusters) {
  storage::SignNullRow row;
  row.vector = vector;
  row.sae = sae;
  row.clusters = clusters;
  row.shuffles = std::accumulate(counts[0].begin(), counts[0].end(), 0);
  results.sign_nulls.push_back(row);
  storage::Array& all = results.arrays["sign_null_counts"];
  all.dtype = storage::DType::i32;
  all.shape = {std::ssize(results.sign_nulls), 4, std::ssize(counts[0])};
  for (const auto& of_signs : counts) {
    all.bytes.append(reinterpret_cast<const char*>(of_signs.data()),
                     of_signs.size() * sizeof(std::int32_t));
  }
}

std::string shown(const analysis::Table& table, std::size_t row,
                  const std::string& column) {
  const auto found =
      std::ranges::find(table.columns, column, &analysis::TableColumn::name);
  if (found == table.columns.end()) throw std::out_of_range(column);
  const auto c = static_cast<std::size_t>(found - table.columns.begin());
  const analysis::Table one{"", "", {*found}, {{table.rows.at(row).at(c)}}, {}};
  const std::string text = analysis::to_text(one);
  const std::string line = text.substr(0, text.size() - 1);
  const std::string cell = line.substr(line.rfind('\n') + 1);
  const std::size_t first = cell.find_first_not_of(' ');
  return first == std::string::npos ? "" : cell.substr(first);
}

std::vector<std::string> features_named(const analysis::Table& table,
                                        std::size_t row) {
  std::vector<std::string> out;
  for (const analysis::NamedFeatures& named : table.features) {
    if (named.row != row) continue;
    out.push_back(table.columns.at(named.column).name + ":");
    for (const std::int32_t feature : named.features) {
      out.back() += " " + std::to_string(feature);
    }
  }
  return out;
}

}  // namespace coxswain::tests
