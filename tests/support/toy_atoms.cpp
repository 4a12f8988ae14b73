#include "tests/support/toy_atoms.hpp"

#include <span>

#include "storage/results/name_tables.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

namespace coxswain::tests {
namespace {

using storage::Part;

constexpr int kLevels[] = {1, 2, 4};

// Ids by place.
enum Method : std::int32_t { kOmp = 1, kRandom, kDisjoint };

class Maker {
 public:
  Maker(storage::Results& results, double spread)
      : results_(results), spread_(spread) {}

  std::int32_t decompose(Method method, double k, std::int32_t draw) {
    storage::DecompositionRow row = toy_decomposition(0, 1, "omp");
    row.method = method;
    row.parameter = k;
    row.draw = draw;
    results_.decompositions.push_back(row);
    return static_cast<std::int32_t>(results_.decompositions.size()) - 1;
  }

  void steer(double slope, std::int32_t decomposition, Part part,
             std::int32_t k) {
    add_variant(results_, {.source = "reconstruction",
                           .slopes = around(slope, spread_),
                           .decomposition = decomposition,
                           .norm_rule = storage::NormRule::as_is});
    results_.variants.back().part = static_cast<std::int32_t>(part);
    results_.variants.back().part_k = k;
  }

 private:
  storage::Results& results_;
  double spread_;
};

// omp:4's codes; the others have none.
void add_codes(storage::Results& results) {
  const std::vector<std::int32_t> features{5, 6, 7, 8};
  const std::vector<float> values{1, -2, 3, 4};
  std::vector<std::int64_t> offsets{0};
  for (std::size_t i = 0; i < results.decompositions.size(); ++i) {
    offsets.push_back(4);
  }
  results.arrays["codes/offsets"] = storage::make_array(
      std::span<const std::int64_t>(offsets), {std::ssize(offsets)});
  results.arrays["codes/values"] =
      storage::make_array(std::span<const float>(values), {4});
  results.arrays["codes/features"] = {
      storage::DType::i32,
      {4},
      std::string(reinterpret_cast<const char*>(features.data()), 16)};
}

}  // namespace

storage::Results toy_atoms(const ToyAtoms& atoms) {
  storage::Results results = toy_steered();
  results.names = storage::name_tables({{"mean-difference", ""},
                                        {"omp", ""},
                                        {"random-support", ""},
                                        {"disjoint", ""}});
  add_variant(results, {.slopes = around(1, atoms.spread)});
  add_weak_noise(results);
  Maker maker(results, atoms.spread);
  const std::int32_t own = maker.decompose(kOmp, 4, -1);
  for (std::size_t i = 0; i < 3; ++i) {
    maker.steer(atoms.first[i], own, Part::first, kLevels[i]);
  }
  for (std::size_t rank = 0; rank < 4; ++rank) {
    const auto j = static_cast<std::int32_t>(rank);
    maker.steer(atoms.single[rank], own, Part::atom, j);
    maker.steer(atoms.minus[rank], own, Part::minus_atom, j);
  }
  for (const int k : kLevels) {
    for (std::int32_t draw = 0; draw < 3; ++draw) {
      maker.steer(atoms.random[static_cast<std::size_t>(draw)] +
                      (k == 2 ? atoms.random_of_two : 0),
                  maker.decompose(kRandom, k, draw), Part::all, -1);
    }
  }
  const std::int32_t others = maker.decompose(kDisjoint, 4, 0);
  for (std::size_t i = 0; i < 3; ++i) {
    maker.steer(atoms.disjoint[i], others, Part::first, kLevels[i]);
  }
  add_codes(results);
  return results;
}

}  // namespace coxswain::tests
