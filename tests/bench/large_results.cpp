// bench_large_results FILE [ROWS]: results of a sweep with as many rows in
// tables/propensity (10,000,000 unless said), to time a report of: 4
// behaviours, 20 layers, 50 items, 7 multipliers; at each an original, 20
// resampled vectors, 20 random directions, and reconstructions by ever more
// atoms.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <random>
#include <string>

#include "runner/plan/names.hpp"
#include "storage/results/results_file.hpp"
#include "tests/support/empty_arrays.hpp"

namespace {

using namespace coxswain;

constexpr std::int32_t kBehaviours = 4, kLayers = 20, kItems = 50;
constexpr std::int32_t kMultipliers = 7, kSeeds = 20;
constexpr std::int64_t kWidth = 8;

std::int32_t id_of(const storage::Results& results, const std::string& names,
                   const std::string& name) {
  for (const auto& [called, rows] : results.names) {
    if (called != names) continue;
    for (const auto& row : rows) {
      if (row.name.str() == name) return row.id;
    }
  }
  return 0;
}

class Maker {
 public:
  Maker() {
    results_.names = runner::enumerations();
    results_.models.resize(1);
    results_.models[0].d_model = static_cast<std::int32_t>(kWidth);
    results_.saes.resize(1);
    for (std::int32_t b = 0; b < kBehaviours; ++b) {
      results_.behaviours.emplace_back().id = b;
      results_.behaviours.back().name = {"behaviour " + std::to_string(b)};
      for (std::int32_t i = 0; i < kItems; ++i) {
        storage::ItemRow item;
        item.behaviour = b;
        item.item = item.cluster = i;
        item.matching_letter = {i % 2 == 0 ? "A" : "B"};
        results_.items.push_back(item);
      }
    }
  }

  storage::Results make(std::int64_t rows) {
    const std::int64_t places = kBehaviours * kLayers;
    const std::int64_t each =
        std::max<std::int64_t>(1, rows / (kItems * kMultipliers * places));
    for (std::int32_t b = 0; b < kBehaviours; ++b) {
      for (std::int32_t layer = 0; layer < kLayers; ++layer) {
        add_place(b, layer, static_cast<std::int32_t>(each));
      }
    }
    fill("vectors", results_.vectors.size());
    fill("positive_mean", results_.vectors.size());
    fill("negative_mean", results_.vectors.size());
    fill("reconstructions", results_.decompositions.size());
    fill("variant_vectors", results_.variants.size());
    number_variants();
    tests::add_empty_arrays(results_);
    return std::move(results_);
  }

 private:
  void add_place(std::int32_t behaviour, std::int32_t layer,
                 std::int32_t n_variants) {
    storage::VectorRow vector;
    vector.behaviour = behaviour;
    vector.layer = layer;
    vector.norm = vector.median_activation_norm = 1;
    results_.vectors.push_back(vector);
    storage::DecompositionRow decomposition;
    decomposition.vector =
        static_cast<std::int32_t>(results_.vectors.size()) - 1;
    decomposition.method = id_of(results_, "methods", "omp");
    decomposition.parameter = 1000;
    results_.decompositions.push_back(decomposition);
    for (std::int32_t i = 0; i < n_variants; ++i) {
      add_variant(i, decomposition.vector);
    }
  }

  void add_variant(std::int32_t number, std::int32_t vector) {
    storage::VariantRow row;
    row.id = static_cast<std::int32_t>(results_.variants.size());
    row.vector = vector;
    row.behaviour = results_.vectors.back().behaviour;
    row.layer = results_.vectors.back().layer;
    row.norm = row.cosine = 1;
    const char* source = number == 0            ? "original"
                         : number <= kSeeds     ? "resampled"
                         : number <= 2 * kSeeds ? "random"
                                                : "reconstruction";
    row.source = id_of(results_, "variants", source);
    row.norm_rule = id_of(results_, "norm_rules", "equal");
    if (number > 2 * kSeeds) {
      row.decomposition = vector;
      row.part = id_of(results_, "parts", "first");
      row.part_k = number - 2 * kSeeds;
    } else if (number > 0) {
      row.seed = (number - 1) % kSeeds;
    }
    results_.variants.push_back(row);
    const double strength = number > kSeeds && number <= 2 * kSeeds ? 0 : 1;
    for (std::int32_t item = 0; item < kItems; ++item) {
      const double slope = strength + normal_(random_);
      for (std::int32_t m = 0; m < kMultipliers; ++m) {
        add_row(row, item, m - kMultipliers / 2, slope);
      }
    }
  }

  void add_row(const storage::VariantRow& variant, std::int32_t item,
               std::int32_t multiplier, double slope) {
    storage::PropensityRow row;
    row.cell = static_cast<std::int64_t>(results_.cells.size());
    row.item = variant.behaviour * kItems + item;
    row.variant = variant.id;
    row.layer = variant.layer;
    row.multiplier = multiplier;
    row.logit_match = static_cast<float>(slope * multiplier + normal_(random_));
    row.log_sum_exp = 1;
    results_.propensity.push_back(row);
    results_.cells.emplace_back().key_low = results_.cells.size();
  }

  void fill(const std::string& name, std::size_t rows) {
    results_.arrays[name] = {
        storage::DType::f32,
        {static_cast<std::int64_t>(rows), kWidth},
        std::string(rows * static_cast<std::size_t>(kWidth) * 4, '\0')};
  }

  // Each its own vector: what adds the same bytes is not compared.
  void number_variants() {
    std::string& bytes = results_.arrays["variant_vectors"].bytes;
    for (std::size_t i = 0; i < results_.variants.size(); ++i) {
      const auto number = static_cast<float>(i + 1);
      std::memcpy(bytes.data() + i * static_cast<std::size_t>(kWidth) * 4,
                  &number, sizeof number);
    }
  }

  storage::Results results_;
  std::mt19937_64 random_{1};
  std::normal_distribution<double> normal_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "bench_large_results FILE [ROWS]\n";
    return 2;
  }
  const std::int64_t rows = argc > 2 ? std::stoll(argv[2]) : 10'000'000;
  const storage::Results results = Maker().make(rows);
  storage::ResultsWriter writer(argv[1]);
  writer.write(results);
  writer.finish();
  std::cout << results.propensity.size() << " propensities of "
            << results.variants.size() << " variants\n";
  return 0;
}
