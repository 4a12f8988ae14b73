#include "jobs/cost/decompose_cost.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <tuple>
#include <vector>

#include "jobs/cost/output_array.hpp"
#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/task_fit.hpp"
#include "jobs/decomposition/working_set.hpp"
#include "jobs/task/decompose_result.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

double number(std::int64_t n) { return static_cast<double>(n); }
std::int64_t whole(double n) { return static_cast<std::int64_t>(n); }

// Passes of an active set that takes in many atoms at a time, and how often it
// goes to an optimum: as seen on random decoders of 16,384 atoms in 576
// dimensions and 65,536 in 2,304.
constexpr double kRounds = 20;
constexpr double kOptima = 60;
constexpr double kUsualL0 = 64;

bool in_memory(const SaeHeader& sae) { return sae.bytes() <= kMostInMemory; }

// What it takes to come to `atoms` in use: half as many again that leave on the
// way, each with its products and its row of the factor; twice over all of both
// for every optimum, at the rate of memory, a quarter of that of products.
double active_set_flops(double atoms, const SaeHeader& sae) {
  const double d_in = number(sae.d_in);
  return 1.5 * atoms * atoms * (2 * d_in + atoms) +
         kOptima * 4 * 2 * atoms * (4 * d_in + 2 * atoms);
}

MethodEffort working_set(double atoms, const SaeHeader& sae) {
  return {0, false, kRounds, active_set_flops(atoms, sae), atoms};
}

bool has_active_set(const std::string& method) {
  return method == "nnls" || method == "lasso" || method == "lasso-positive";
}

// Atoms, factor and what is fetched for the vectors that are in work at a time.
double active_set_bytes(double vectors, double atoms, const SaeHeader& sae) {
  const double d_in = number(sae.d_in);
  return std::min(vectors, number(most_at_a_time(sae.d_in))) *
         std::min(8 * atoms * (2 * d_in + atoms),
                  number(most_bytes_a_vector(sae.d_in)));
}

// What all of a task's requests together take.
struct AllEfforts {
  double rows = 0;    // multiplied
  double kept = 0;    // whose codes are kept whole
  double passes = 0;  // correlations with the atoms, vectors
  double flops = 0;
  double coefficients = 0;
  double widest_group = 0;  // vectors solved for at once
  double active_sets = 0;   // bytes
};

AllEfforts efforts_of(const DecomposeTask& task, const SaeHeader& sae,
                      std::span<const std::int64_t> n_pairs) {
  assert(n_pairs.size() >= task.n_extracts.size());
  AllEfforts all;
  std::set<std::pair<std::int32_t, bool>> means;  // by behaviour, convention
  std::map<std::tuple<std::string, double, bool>, double> groups;
  for (const DecompositionRequest& request : task.requests) {
    const MethodEffort effort =
        effort_of({request.method, request.parameter}, sae);
    assert(0 <= request.vector && request.vector < std::ssize(task.vectors));
    const VectorRequest& vector =
        task.vectors[static_cast<std::size_t>(request.vector)];
    double encoded = effort.encoded;
    if (effort.pairwise) {
      encoded *= vector.input < 0
                     ? 0
                     : number(n_pairs[static_cast<std::size_t>(vector.input)]);
      means.insert({vector.input, request.b_dec_input});
    } else {
      all.kept += encoded;
    }
    all.rows += encoded;
    all.passes += effort.passes;
    all.flops += effort.flops;
    all.coefficients += effort.atoms;
    // Solvers hold dense codes of all vectors of a group at once.
    double& group =
        groups[{request.method, request.parameter, request.b_dec_input}];
    all.widest_group = std::max(all.widest_group, ++group);
    if (has_active_set(request.method)) {
      all.active_sets =
          std::max(all.active_sets, active_set_bytes(group, effort.atoms, sae));
    }
  }
  for (std::int32_t b = 0;
       task.n_differences > 0 && b < std::ssize(task.n_extracts); ++b) {
    means.insert({b, sae.b_dec_input});
    all.rows += 2;
    all.kept += 2;
  }
  for (const auto& [input, convention] : means) {
    if (input < 0) continue;
    assert(input < std::ssize(n_pairs));
    all.rows += 2 * number(n_pairs[static_cast<std::size_t>(input)]);
  }
  all.rows += number(std::ssize(task.vectors));
  all.kept += number(std::ssize(task.vectors));
  return all;
}

// Pairs that a stand-in is made of, for each that is made of pairs.
std::vector<std::int64_t> drawn_pairs(const DecomposeTask& task,
                                      std::span<const std::int64_t> n_pairs) {
  std::vector<std::int64_t> drawn;
  for (const VectorRequest& vector : task.vectors) {
    if (vector.control == Control::covariance ||
        vector.control == Control::shuffled ||
        vector.control == Control::resampled) {
      assert(0 <= vector.input && vector.input < std::ssize(n_pairs));
      drawn.push_back(n_pairs[static_cast<std::size_t>(vector.input)]);
    }
  }
  return drawn;
}

// Activations that the fit is tried on.
std::int64_t fitted(const DecomposeTask& task, const SaeHeader& sae,
                    std::span<const std::int64_t> n_pairs) {
  std::int64_t rows = 0;
  for (const std::int64_t n : n_pairs.first(task.n_extracts.size())) {
    rows += 2 * std::min(n, fit_pairs(sae.d_sae));
  }
  return rows;
}

std::int64_t result_bytes(const DecomposeTask& task, const SaeHeader& sae,
                          std::int64_t coefficients) {
  const std::int64_t d = sae.d_in;
  const std::int64_t n = std::ssize(task.requests);
  const std::int64_t b = std::ssize(task.n_extracts);
  const std::int64_t most = task.n_differences;
  return safetensors_bytes(
      {output_of(decompose_result::kOffsets, n + 1),
       output_of(decompose_result::kFeatures, coefficients),
       output_of(decompose_result::kValues, coefficients),
       output_of(decompose_result::kReconstructions, n * d),
       output_of(decompose_result::kMeasures, n),
       output_of(decompose_result::kTruth, n),
       output_of(decompose_result::kTopFeatures, n * task.top),
       output_of(decompose_result::kTop, n * task.top),
       output_of(decompose_result::kParts, std::ssize(task.parts) * d),
       output_of(decompose_result::kDifferenceFeatures, b * most),
       output_of(decompose_result::kDifferences, b * most),
       output_of(decompose_result::kDifferenceCosines, b * most * most),
       output_of(decompose_result::kActiveFeatures, b * most),
       output_of(decompose_result::kActive, b * most),
       output_of(decompose_result::kActiveCosines, b * most * most),
       output_of(decompose_result::kFitSums, 2),
       output_of(decompose_result::kFitMean, d),
       output_of(decompose_result::kFitActive, (sae.d_sae + 63) / 64)});
}

}  // namespace

double usual_l0(const SaeHeader& sae) {
  return std::min(number(sae.d_sae), sae.k > 0 ? number(sae.k) : kUsualL0);
}

double usually_firing(const SaeHeader& sae) {
  return std::min(number(sae.d_sae), 8 * usual_l0(sae));
}

std::int64_t resident_bytes(const SaeHeader& sae) {
  constexpr std::int64_t kBuffers = 128 << 20;
  return in_memory(sae) ? sae.bytes() : kBuffers;
}

MethodEffort effort_of(const MethodChoice& method, const SaeHeader& sae) {
  const double l0 = usual_l0(sae);
  const double d_in = number(sae.d_in), d_sae = number(sae.d_sae);
  const double k = std::min(method.parameter, d_sae);
  const std::string& name = method.name;
  if (name == "encode" || name == "encode-bias-free" ||
      name == "encode-norm-matched" || name == "encode-mean-norm") {
    return {1, false, 0, 0, l0};
  }
  if (name == "encode-minus-zero" || name == "encode-around-mean") {
    return {2, false, 0, 0, 2 * l0};
  }
  // Whatever fires for any of the pairs.
  const double any = usually_firing(sae);
  if (name == "code-difference") return {0, true, 0, 0, any};
  if (name == "anchored") return {1, true, 0, 0, any};
  if (name == "encoder-projection") return {1, false, 0, 0, d_sae};
  if (name == "decoder-projection") return {0, false, 1, 0, d_sae};
  if (name == "omp" || name == "pursuit" || name == "pursuit-clipped") {
    return {0, false, k, 4 * k * k * d_in, k};
  }
  if (name == "random-support" || name == "support") {
    return {0, false, 1, 8 * k * k * d_in, k};
  }
  if (name == "random-cosine") {
    // The better matching pursuit does, the more drawn atoms it takes to come
    // as near: about half of the dimensions.
    const double atoms = std::min(d_in, d_sae) / 2;
    return {0, false, k, 4 * k * k * d_in + 2 * atoms * atoms * d_in, atoms};
  }
  if (name == "disjoint") {
    return {0, false, 3 * k, 12 * k * k * d_in, k};
  }
  if (name == "rotated") {
    return {0, false, k, 4 * k * k * d_in + 40 * d_in * d_in, k};
  }
  if (name == "nnls") {
    // On all atoms of a wide SAE most vectors are fitted exactly, by as many
    // atoms as there are dimensions.
    const double atoms = k > 0 ? k / 2 : std::min(d_in, d_sae / 2);
    return working_set(atoms, sae);
  }
  if (name == "lasso" || name == "lasso-positive") {
    // The less is asked for a coefficient, the more of them there are.
    const double atoms =
        std::min({d_in / 2, d_sae, 8 / std::max(method.parameter, 1e-6)});
    return working_set(atoms, sae);
  }
  if (name == "least-squares") {
    return {1, false, 0, 8 * l0 * l0 * d_in, l0};
  }
  if (name == "ridge") {
    // The Gram matrix and its directions are made once for all vectors:
    // cost_of() counts them.
    return {0, false, 1, 0, d_sae};
  }
  throw JobError({"", "method", name, "one whose effort is known", ""});
}

TaskCost cost_of(const DecomposeTask& task, const SaeHeader& sae,
                 std::span<const std::int64_t> n_pairs) {
  const AllEfforts rows = efforts_of(task, sae, n_pairs);
  const auto fit = number(2 * fitted(task, sae, n_pairs));
  const auto vectors = number(std::ssize(task.vectors));
  const double d_in = number(sae.d_in), d_sae = number(sae.d_sae);
  const bool gram = std::ranges::any_of(
      task.requests, [](const auto& one) { return one.method == "ridge"; });
  const double summed = rows.coefficients + fit * usual_l0(sae);

  const std::vector<std::int64_t> drawn = drawn_pairs(task, n_pairs);
  const std::int64_t most_drawn =
      drawn.empty() ? 0 : *std::ranges::max_element(drawn);
  TaskCost cost;
  cost.flops = 2 * d_in * d_sae * (rows.rows + fit + rows.passes + vectors) +
               2 * d_in * summed + rows.flops;
  // Both sides are centred or subtracted, then multiplied.
  for (const std::int64_t pairs : drawn) {
    cost.flops += 6 * d_in * number(pairs);
  }
  if (gram) cost.flops += 2 * d_in * d_in * d_sae + 10 * d_in * d_in * d_in;
  cost.size.coefficients = whole(rows.coefficients);
  cost.size.result_bytes = result_bytes(task, sae, cost.size.coefficients);
  const double products = std::min(
      rows.rows + fit,
      number(in_memory(sae) ? kRowsInMemory : rows_a_reading(sae.d_sae)));
  const double sums =
      number(std::ssize(task.requests)) + number(std::ssize(task.parts)) + fit;
  cost.size.memory_bytes =
      whole(4 * d_sae * (rows.kept + fit + 3 * products + 2 * vectors) +
            8 * d_sae * 3 * rows.widest_group + rows.active_sets +
            8 * d_in * (rows.rows + fit) + 16 * d_in * sums + 32 * summed +
            (gram ? 24 * d_in * d_in : 0) + 24 * d_in * number(most_drawn));
  return cost;
}

}  // namespace coxswain::jobs
