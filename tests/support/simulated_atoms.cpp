#include "tests/support/simulated_atoms.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/decomposition/method_names.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/device/tensor_array.hpp"
#include "storage/results/name_tables.hpp"
#include "tests/support/simulated_clusters.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_sae.hpp"
#include "tests/support/toy_slopes.hpp"

namespace coxswain::tests {
namespace {

using jobs::Part;

constexpr std::int64_t kWidth = 256, kFeatures = 512;
constexpr int kAtoms = 8, kClusters = 8, kDraws = 6, kRounds = 2;
constexpr int kLevels[] = {1, 2, 4, 8, 16};
// Of a cluster's effect, of what is as long as v.
constexpr double kDeviation = 0.25;
constexpr double kSizes[kAtoms] = {2, 1.8, 1.6, 1.45, 1.3, 1.15, 1, 0.9};
constexpr double kShares[kAtoms] = {0.22, 0.20, 0.16, 0.14,
                                    0.12, 0.08, 0.04, 0.04};
constexpr double kEdge[kAtoms] = {0.135, 0.13,  0.12, 0.12,
                                  0.13,  0.125, 0.12, 0.12};

at::Tensor normal(Random& random, std::int64_t n) {
  at::Tensor x = at::empty({n}, at::kDouble);
  for (std::int64_t i = 0; i < n; ++i) x[i] = random.normal();
  return x;
}

// What of x is orthogonal to the rows A.
at::Tensor off(const at::Tensor& x, const at::Tensor& A) {
  const at::Tensor gram = A.mm(A.t());
  return x - A.t().mv(at::linalg_solve(gram, A.mv(x)));
}

// The shortest w with A w = shares.
at::Tensor shortest(const at::Tensor& A, const at::Tensor& shares) {
  return A.t().mv(at::linalg_solve(A.mm(A.t()), shares));
}

// A vector and the direction of effects, <v, w> = 1.
struct Model {
  at::Tensor v, w;  // [kWidth]
  std::vector<std::int32_t> planted;
};

Model model_of(MadeOf made, const at::Tensor& rows, Random& random) {
  Model model;
  while (std::ssize(model.planted) < kAtoms) {
    // Of the first half alone: twins of each other are no two atoms.
    const auto one = static_cast<std::int32_t>(random.below(kFeatures / 2));
    if (std::ranges::count(model.planted, one) == 0) {
      model.planted.push_back(one);
    }
  }
  std::vector<at::Tensor> chosen;
  for (int i = 0; i < kAtoms; ++i) {
    const double sign = random.uniform() < 0.5 ? -1 : 1;
    const auto row = model.planted[static_cast<std::size_t>(i)];
    chosen.push_back(rows[row] * (sign * kSizes[i]));
  }
  const at::Tensor A = at::stack(chosen);
  const at::Tensor sum = A.sum(0);
  const double length = sum.norm().item<double>();
  at::Tensor rest = off(normal(random, kWidth), A);
  rest *= length / rest.norm();
  const double* const first = made == MadeOf::edge ? kEdge : kShares;
  const std::vector<double> shares(first, first + kAtoms);
  switch (made) {
    case MadeOf::atoms:
    case MadeOf::edge:
    case MadeOf::twins:
    case MadeOf::atoms_in_noise:
      model.v = made == MadeOf::atoms_in_noise ? sum + 0.3 * rest : sum;
      model.w = shortest(A, at::tensor(shares, at::kDouble));
      break;
    case MadeOf::rest:
      model.v = sum + rest;
      model.w = rest / rest.dot(rest);
      break;
    case MadeOf::dense:
      model.v = normal(random, kWidth);
      model.v *= length / model.v.norm();
      model.w = model.v / model.v.dot(model.v);
      break;
  }
  // What other directions do.
  at::Tensor beside = off(normal(random, kWidth), model.v.unsqueeze(0));
  if (made != MadeOf::dense) {  // there w has the direction of v
    beside = off(beside, at::stack({model.v, model.w}));
  }
  model.w = model.w + beside * (0.1 / length);
  model.w = model.w / model.v.dot(model.w);
  return model;
}

// What is asked of the decompose task, a variant a part.
struct Wanted {
  jobs::DecompositionRequest request;
  std::vector<jobs::PartRequest> parts;
};

std::vector<Wanted> wanted(std::uint64_t seed) {
  std::vector<Wanted> all;
  const auto add = [&](const char* method, double k, int draw) -> Wanted& {
    jobs::DecompositionRequest request{0, method, k, 1, true, false, draw};
    if (draw >= 0) {
      request.key = {seed + 1, 1000 * static_cast<std::uint64_t>(draw + 1)};
    }
    return all.emplace_back(Wanted{request, {}});
  };
  const auto add_first = [](Wanted& to) {
    for (const int k : kLevels) to.parts.push_back({0, Part::first, k});
  };
  Wanted& own = add("omp", 16, -1);
  add_first(own);
  for (const Part part : {Part::atom, Part::minus_atom}) {
    for (int rank = 0; rank < kAtoms; ++rank) {
      own.parts.push_back({0, part, rank});
    }
  }
  for (const int k : kLevels) {
    for (int draw = 0; draw < kDraws; ++draw) {
      add("random-support", k, draw).parts = {{0, Part::all, -1}};
    }
  }
  for (int draw = 0; draw < kRounds; ++draw)
    add_first(add("disjoint", 16, draw));
  return all;
}

jobs::DecomposeTask task_of(const std::vector<Wanted>& all) {
  jobs::DecomposeTask task;
  task.n_extracts = {1};
  task.sae.least_explained = -1e30;
  task.n_differences = 0;
  task.vectors = {{jobs::Control::none, 0, -1, {}}};
  for (const Wanted& one : all) {
    for (jobs::PartRequest part : one.parts) {
      part.request = static_cast<std::int32_t>(task.requests.size());
      task.parts.push_back(part);
    }
    task.requests.push_back(one.request);
  }
  return task;
}

// Effects of what is added on every cluster.
class Effects {
 public:
  Effects(const Model& model, Random& random) : w_(model.w) {
    const double length = model.v.norm().item<double>();
    for (int i = 0; i < kClusters; ++i) {
      clusters_.push_back(w_ + normal(random, kWidth) * (kDeviation / length));
    }
  }
  double truth(const at::Tensor& x) const { return x.dot(w_).item<double>(); }
  std::vector<double> of(const at::Tensor& x) const {
    std::vector<double> slopes;
    for (const at::Tensor& w : clusters_) {
      slopes.push_back(x.dot(w).item<double>());
    }
    return slopes;
  }

 private:
  at::Tensor w_;
  std::vector<at::Tensor> clusters_;
};

storage::NameTables names() {
  std::vector<std::pair<std::string, std::string>> methods{
      {"mean-difference", ""}};
  for (const auto& one : jobs::decomposition_methods()) {
    methods.emplace_back(one.name, "");
  }
  return storage::name_tables(methods);
}

std::int32_t method_id(const std::string& name) {
  const auto all = jobs::decomposition_methods();
  return 1 + static_cast<std::int32_t>(
                 std::ranges::find(all, name, &jobs::MethodTraits::name) -
                 all.begin());
}

// The decompositions with their codes.
void add_rows(const std::vector<Wanted>& all, const storage::ArrayMap& made,
              storage::Results& results) {
  const auto offsets = storage::integers(made.at("offsets"));
  const auto features = storage::integers(made.at("features"));
  const at::Tensor values = jobs::to_tensor(made.at("values")).to(at::kFloat);
  const std::vector<std::int32_t> ids(features.begin(), features.end());
  results.arrays["codes/offsets"] = storage::make_array(
      std::span<const std::int64_t>(offsets), {std::ssize(offsets)});
  results.arrays["codes/values"] = jobs::to_array(values);
  results.arrays["codes/features"] = {
      storage::DType::i32,
      {std::ssize(ids)},
      std::string(reinterpret_cast<const char*>(ids.data()), 4 * ids.size())};
  for (const Wanted& one : all) {
    storage::DecompositionRow row = toy_decomposition(0, 1, "omp");
    row.method = method_id(one.request.method);
    row.parameter = one.request.parameter;
    row.draw = one.request.draw;
    results.decompositions.push_back(row);
  }
}

}  // namespace

const char* name_of(MadeOf made) {
  switch (made) {
    case MadeOf::atoms:
      return "8 atoms";
    case MadeOf::atoms_in_noise:
      return "8 atoms in noise";
    case MadeOf::edge:
      return "8 atoms, 4 with just half";
    case MadeOf::twins:
      return "8 atoms with twins";
    case MadeOf::rest:
      return "the rest of the space";
    case MadeOf::dense:
      return "a dense direction";
  }
  return "?";
}

AtomSimulation::AtomSimulation(const std::string& folder) {
  write_toy_sae(folder, kWidth, kFeatures);
  sae_ = jobs::load_sae(folder);
  paired_ = jobs::load_sae(folder);
  Random random(1);
  at::Tensor rows = sae_.W_dec.tensor().clone();
  const auto half = rows.narrow(0, 0, kFeatures / 2);
  const at::Tensor beside =
      normal(random, half.numel()).view(half.sizes()).to(rows.scalar_type());
  rows.narrow(0, kFeatures / 2, kFeatures / 2)
      .copy_(half + beside * (0.15 * half.std()));
  paired_.W_dec = rows;
}

SimulatedAtoms AtomSimulation::make(MadeOf made, std::uint64_t seed) const {
  Random random(seed);
  std::vector<std::int64_t> every(kFeatures);
  for (std::int64_t j = 0; j < kFeatures; ++j) {
    every[static_cast<std::size_t>(j)] = j;
  }
  const jobs::SparseAutoencoder& sae = made == MadeOf::twins ? paired_ : sae_;
  const Model model =
      model_of(made, jobs::SaeDictionary(sae.W_dec).atoms(every), random);
  const std::vector<Wanted> all = wanted(seed);
  // They are asked how the SAE fits, and for nothing else.
  at::Tensor pairs = at::empty({1, 4, 2, kWidth}, at::kFloat);
  pairs.view({-1, kWidth}).copy_(normal(random, 8 * kWidth).view({-1, kWidth}));
  const storage::ArrayMap taken =
      jobs::decompose(task_of(all),
                      {{{"vector", jobs::to_array(model.v.unsqueeze(0))}},
                       {{"activations", jobs::to_array(pairs)}}},
                      sae)
          .result;
  const at::Tensor parts = jobs::to_tensor(taken.at("parts")).to(at::kDouble);
  const Effects effects(model, random);
  SimulatedAtoms out{toy_steered(), model.planted, {}};
  out.results.names = names();
  add_rows(all, taken, out.results);
  const auto add = [&](const char* source, const at::Tensor& x,
                       std::int32_t decomposition, std::int32_t seed_of) {
    add_variant(out.results, {.source = source,
                              .slopes = effects.of(x),
                              .decomposition = decomposition,
                              .seed = seed_of,
                              .norm_rule = storage::NormRule::as_is});
    out.effects.push_back(effects.truth(x));
  };
  add("original", model.v, -1, -1);
  for (std::int32_t i = 0; i < 10; ++i) {
    const at::Tensor x = normal(random, kWidth);
    add("random", x * (model.v.norm() / x.norm()), -1, i);
  }
  std::int64_t part = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const jobs::PartRequest& one : all[i].parts) {
      add("reconstruction", parts[part++], static_cast<std::int32_t>(i), -1);
      out.results.variants.back().part = static_cast<std::int32_t>(one.part);
      out.results.variants.back().part_k = one.k;
    }
  }
  return out;
}

AtomErrors errors_of(const SimulatedAtoms& simulated) {
  const analysis::ReportSource source =
      analysis::report_source(simulated.results);
  AtomErrors errors;
  const auto truth = [&](const analysis::Steerability* one) {
    return simulated.effects[static_cast<std::size_t>(one->variant)];
  };
  for (const analysis::AtomVerdict& of : analysis::atom_verdicts(source)) {
    const auto& levels = of.curve.levels;
    // The true level at which a share is kept, by the definition of K50.
    const auto missed = [&](const analysis::Passage& passage, double share) {
      const auto at = static_cast<std::size_t>(
          std::ranges::find_if(
              levels,
              [&](const auto& level) { return truth(level.first) >= share; }) -
          levels.begin());
      return at < passage.low || at > passage.high;
    };
    errors.half_missed = missed(of.half, analysis::kHalf);
    errors.most_missed = missed(of.most, analysis::kMost);
    errors.says_enough = of.enough.has_value();
    errors.says_unique = of.unique == analysis::Uniqueness::unique;
    errors.says_not_unique = of.unique == analysis::Uniqueness::not_unique;
    if (of.enough) {
      const analysis::AtomLevel& level = levels[*of.enough];
      const double first = truth(level.first);
      errors.enough = first < analysis::kHalf;
      double best = 0, random = 0;
      for (const auto* one : level.disjoint) best = std::max(best, truth(one));
      for (const auto* one : level.random) {
        random += truth(one) / static_cast<double>(level.random.size());
      }
      errors.enough = errors.enough || first <= random;
      errors.unique = errors.says_unique && best >= analysis::kUniqueBelow;
      errors.not_unique =
          errors.says_not_unique && best < analysis::kAsGoodFrom * first;
    }
    std::set<std::int32_t> strongest;
    for (const analysis::LeftOut& one : of.left_out) {
      strongest.insert(one.effect.atom.feature);
      const double lost = 1 - truth(one.effect.minus);
      errors.n_needed += one.needed ? 1 : 0;
      errors.n_truly_needed += lost >= analysis::kNeededShare ? 1 : 0;
      errors.needed = errors.needed || (one.needed && lost <= 0);
    }
    int both = 0;
    for (const std::int32_t one : simulated.planted) {
      both += strongest.contains(one) ? 1 : 0;
    }
    errors.jaccard =
        both / (static_cast<double>(strongest.size()) + kAtoms - both);
  }
  return errors;
}

}  // namespace coxswain::tests
