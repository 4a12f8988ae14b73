#include "jobs/decomposition/working_set.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>
#include <utility>

#include "jobs/decomposition/active_set.hpp"
#include "jobs/decomposition/vector_scale.hpp"

namespace coxswain::jobs {
namespace {

constexpr double kTolerance = 1e-12;  // of |v|
constexpr std::size_t kFirstAtoms = 64;

// A signed problem is a positive one over U and -U.
struct Candidate {
  std::int64_t feature = 0;
  double sign = 1;
  auto operator<=>(const Candidate&) const = default;
};

// One vector, divided by its scale, and what is solved of it so far.
struct Search {
  explicit Search(const at::Tensor& v)
      : target(v),
        rest(v),
        tolerance(kTolerance * v.norm().item<double>()),
        weights(at::zeros({0}, at::kDouble)) {}

  at::Tensor target;  // [d_in]
  at::Tensor rest;    // [d_in]
  double tolerance;
  std::optional<double> lambda;  // known after the first round
  std::set<Candidate> known;
  std::vector<Candidate> working;
  at::Tensor weights;  // [working], >= 0
  bool done = false;
};

using Scored = std::pair<double, Candidate>;

std::vector<Scored> scores(const at::Tensor& correlations, Signs signs,
                           const std::vector<std::int64_t>* allowed) {
  const at::Tensor dense = correlations.contiguous();
  const double* c = dense.data_ptr<double>();
  std::vector<Scored> all;
  const auto add = [&](std::int64_t j) {
    assert(0 <= j && j < dense.numel());
    if (c[j] > 0) all.push_back({c[j], {j, 1}});
    if (c[j] < 0 && signs == Signs::both) all.push_back({-c[j], {j, -1}});
  };
  if (allowed != nullptr) {
    for (const std::int64_t j : *allowed) add(j);
  } else {
    for (std::int64_t j = 0; j < dense.numel(); ++j) add(j);
  }
  return all;
}

double largest(const std::vector<Scored>& all) {
  double found = 0;
  for (const Scored& one : all) found = std::max(found, one.first);
  return found;
}

// Adds the worst violators; false if there are none.
bool extend(std::vector<Scored> all, Search& search) {
  assert(search.lambda && "known after the first round");
  std::erase_if(all, [&](const Scored& one) {
    return !(one.first > *search.lambda + search.tolerance) ||
           search.known.contains(one.second);
  });
  const std::size_t count =
      std::min(all.size(), std::max(kFirstAtoms, search.working.size()));
  std::partial_sort(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
      [](const Scored& a, const Scored& b) {
        // Ties by feature and sign, so that equal scores always come in one
        // order.
        return a.first != b.first ? a.first > b.first : a.second < b.second;
      });
  for (std::size_t i = 0; i < count; ++i) {
    search.working.push_back(all[i].second);
    search.known.insert(all[i].second);
  }
  return count > 0;
}

void solve(const Dictionary& dictionary, Search& search) {
  assert(std::ssize(search.working) >= search.weights.size(0));
  std::vector<std::int64_t> features;
  std::vector<double> signs;
  for (const Candidate& candidate : search.working) {
    features.push_back(candidate.feature);
    signs.push_back(candidate.sign);
  }
  // Fetched anew each round: no more than one vector's atoms are in memory.
  const at::Tensor A = dictionary.atoms(features).mul_(
      at::tensor(signs, at::kDouble).unsqueeze(1));
  const std::int64_t added = A.size(0) - search.weights.size(0);
  const at::Tensor start =
      at::cat({search.weights, at::zeros({added}, at::kDouble)});
  search.weights = non_negative_minimum(A, search.target, *search.lambda,
                                        search.tolerance, start);
  search.rest = search.target - at::mv(A.t(), search.weights);
}

void one_round(const Dictionary& dictionary, const SparseProblem& problem,
               std::vector<Search>& searches) {
  std::vector<std::size_t> open;
  std::vector<at::Tensor> rests;
  for (std::size_t i = 0; i < searches.size(); ++i) {
    if (searches[i].done) continue;
    open.push_back(i);
    rests.push_back(searches[i].rest);
  }
  const at::Tensor correlations = dictionary.correlate(at::stack(rests));
  for (std::size_t row = 0; row < open.size(); ++row) {
    Search& search = searches[open[row]];
    std::vector<Scored> all = scores(
        correlations[static_cast<std::int64_t>(row)], problem.signs,
        problem.allowed.empty() ? nullptr : &problem.allowed.at(open[row]));
    // In the first round the rest is v itself: its correlations are c, whose
    // largest lambda is a fraction of.
    if (!search.lambda) search.lambda = problem.fraction * largest(all);
    search.done = !extend(std::move(all), search);
    if (!search.done) solve(dictionary, search);
  }
}

}  // namespace

SparseFit solve_on_working_sets(const Dictionary& dictionary,
                                const at::Tensor& vectors,
                                const SparseProblem& problem) {
  assert(vectors.dim() == 2 && vectors.size(1) == dictionary.d_in());
  assert(problem.allowed.empty() ||
         std::ssize(problem.allowed) == vectors.size(0));
  const at::Tensor scale = vector_scale(vectors);
  std::vector<Search> searches;
  for (const at::Tensor& v : (vectors / scale).unbind()) {
    searches.emplace_back(v);
  }
  while (std::any_of(searches.begin(), searches.end(),
                     [](const Search& search) { return !search.done; })) {
    one_round(dictionary, problem, searches);
  }
  SparseFit fit{at::zeros({vectors.size(0), dictionary.d_sae()}, at::kDouble),
                at::zeros({vectors.size(0)}, at::kDouble)};
  for (std::size_t i = 0; i < searches.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const Search& search = searches[i];
    for (std::size_t j = 0; j < search.working.size(); ++j) {
      const double weight =
          search.weights[static_cast<std::int64_t>(j)].item<double>();
      // A signed atom may be in the set under both signs, in use under one.
      if (weight > 0) {
        fit.codes[row][search.working[j].feature] =
            search.working[j].sign * weight;
      }
    }
    fit.lambda[row] = search.lambda.value_or(0);
  }
  fit.codes.mul_(scale);
  fit.lambda.mul_(scale.squeeze(1));
  return fit;
}

}  // namespace coxswain::jobs
