#include "tests/support/simulated_answers.hpp"

#include "analysis/answers/answers.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

namespace coxswain::tests {
namespace {

constexpr double kDirections = 0.3, kClusters = 0.4;
constexpr int kItems = 8, kSeeds = 5, kFeatures = 6;
constexpr int kDifferences = 20, kExchanges = 199;

std::vector<double> slopes(double planted, Random& random) {
  const double direction = planted + kDirections * random.normal();
  std::vector<double> out;
  for (int i = 0; i < kItems; ++i) {
    out.push_back(direction + kClusters * random.normal());
  }
  return out;
}

// Ten on each feature, and what is its own.
void add_simulated_code(storage::Results& results,
                        const storage::DecompositionRow& row, double beside,
                        double deviation, Random& random) {
  std::vector<std::pair<std::int32_t, double>> code;
  for (std::int32_t i = 0; i < kFeatures; ++i) {
    code.emplace_back(i, 10 + deviation * random.normal());
  }
  // A feature that the zero vector does not have.
  code.front().first = deviation > 0 ? kFeatures + 1 : 0;
  code.back().second += beside;
  add_code(results, row, code);
}

// So many of twenty features at random, each with one half.
std::int64_t count_at_random(Random& random) {
  std::int64_t count = 0;
  for (int i = 0; i < kDifferences; ++i) count += random.uniform() < 0.5;
  return count;
}

void add_signs(storage::Results& results, std::int32_t vector, std::int32_t sae,
               std::int64_t planted, Random& random) {
  const std::int64_t count = planted + count_at_random(random);
  for (int i = 0; i < kDifferences; ++i) {
    storage::CodeDifferenceRow row;
    row.vector = vector;
    row.sae = sae;
    const bool less = i < count;
    (less ? row.mean_code_negative : row.mean_code_positive) = 1;
    row.encoder_projection = less ? -1 : 1;
    results.code_differences.push_back(row);
  }
  std::vector<std::int32_t> exchanged(kDifferences + 1), others = exchanged;
  for (int i = 0; i < kExchanges; ++i) {
    ++exchanged[static_cast<std::size_t>(count_at_random(random))];
  }
  others[0] = kExchanges;
  add_sign_null(results, vector, sae, {others, others, others, exchanged},
                kItems);
}

// One behaviour at one layer.
class Place {
 public:
  Place(storage::Results& results, Random& random, std::int32_t behaviour,
        std::int32_t layer)
      : results_(results),
        random_(random),
        behaviour_(behaviour),
        layer_(layer) {}

  void add(const PlantedSlopes& planted) {
    steer("original", planted.original);
    add_noise("random");
    add_noise("covariance");
    steer_with("encode", planted.encode, planted.code);
    steer_with("encode-minus-zero", planted.encode_minus_zero, 0);
    const std::int32_t omp = steer_with("omp", planted.omp, 0);
    steer("reconstruction", planted.omp_positive, omp);
    results_.variants.back().part =
        static_cast<std::int32_t>(storage::Part::positive);
    steer("zero-reconstruction", planted.of_zero, 0);
    add_signs(results_, vector(), sae(), planted.signs, random_);
  }

 private:
  std::int32_t vector() const { return 2 * behaviour_ + (layer_ == 3 ? 0 : 1); }
  std::int32_t sae() const { return layer_ == 3 ? 1 : 0; }

  void steer(const char* source, double planted,
             std::int32_t decomposition = -1, std::int32_t seed = -1) {
    add_variant(results_, {.source = source,
                           .behaviour = behaviour_,
                           .layer = layer_,
                           .slopes = slopes(planted, random_),
                           .decomposition = decomposition,
                           .seed = seed});
  }

  std::int32_t steer_with(const char* method, double planted, double code) {
    const auto row = static_cast<std::int32_t>(results_.decompositions.size());
    add_simulated_code(results_, toy_decomposition(vector(), sae(), method),
                       code, 1, random_);
    steer("reconstruction", planted, row);
    return row;
  }

  void add_noise(const char* kind) {
    for (std::int32_t seed = 0; seed < kSeeds; ++seed) {
      steer(kind, 0, -1, seed);
      add_simulated_code(
          results_, toy_decomposition(vector(), sae(), "encode", kind, seed), 0,
          1, random_);
    }
  }

  storage::Results& results_;
  Random& random_;
  std::int32_t behaviour_, layer_;
};

bool says(const analysis::Answer& answer, const char* words) {
  return answer.text.find(words) != std::string::npos;
}

}  // namespace

storage::Results simulated_answers(const PlantedSlopes& planted,
                                   Random& random) {
  storage::Results results = toy_steered();
  for (std::int32_t i = 0; i < 2; ++i) {
    add_simulated_code(results, toy_decomposition(-1, i, "encode", "zero"), 0,
                       0, random);
  }
  for (const std::int32_t behaviour : {0, 1}) {
    for (const std::int32_t layer : {3, 5}) {
      Place(results, random, behaviour, layer).add(planted);
    }
  }
  return results;
}

Claims claims_of(const storage::Results& results) {
  Claims claims;
  for (const analysis::Answer& one :
       analysis::answers(analysis::report_source(results))) {
    if (one.shown != analysis::Shown::yes) continue;
    claims.steers |= one.question.starts_with("Does the vector steer");
    claims.keeps |= one.question.starts_with("What do decompositions keep");
    claims.differs |=
        one.question.starts_with("Does the SAE name other features");
    if (!one.question.starts_with("Why")) continue;
    const bool both = says(one, "are both reasons");
    claims.distribution |= both || says(one, "the distribution is a reason");
    claims.signs |= both || says(one, "signs are a reason");
  }
  return claims;
}

ClaimCounts count_claims(const PlantedSlopes& planted, int n) {
  ClaimCounts counts;
  for (int seed = 0; seed < n; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    const Claims one = claims_of(simulated_answers(planted, random));
    counts.steers += one.steers ? 1 : 0;
    counts.keeps += one.keeps ? 1 : 0;
    counts.differs += one.differs ? 1 : 0;
    counts.distribution += one.distribution ? 1 : 0;
    counts.signs += one.signs ? 1 : 0;
  }
  return counts;
}

}  // namespace coxswain::tests
