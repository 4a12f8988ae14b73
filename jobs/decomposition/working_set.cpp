#include "jobs/decomposition/working_set.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "jobs/decomposition/active_set.hpp"
#include "jobs/decomposition/one_a_thread.hpp"
#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/decomposition/vector_scale.hpp"
#include "jobs/task/numbers_error.hpp"

namespace coxswain::jobs {
namespace {

constexpr double kTolerance = 1e-12;  // of |v|
constexpr double kCertified = 1e-9;
constexpr std::int64_t kFirstAtoms = 64;
// One step of lambda on its way down.
constexpr double kPenaltyStep = 0.3;
// At penalties on the way, a set is good enough if one in so many violates it.
constexpr std::int64_t kFewViolators = 20;
constexpr std::int64_t kMostPasses = 1000;

struct Scored {
  double score = 0;
  Candidate candidate;
};

// One vector, divided by its scale, and what is solved of it so far.
struct Search {
  explicit Search(const at::Tensor& v)
      : target(v.contiguous()), size(ordered_norm(target)), set(target) {}

  at::Tensor target;  // [d_in]
  double size;        // |v|
  double tolerance = 0;
  std::optional<double> lambda;  // known after the first pass
  ActiveSet set;
  std::vector<Candidate> wanted;  // to be fetched
  bool fresh = true;              // by slopes on the set's rest as it is
  std::int64_t passes = 0;
  double steepest = 0;  // slope in the last pass
  bool done = false;
};

std::vector<Scored> scores(const double* c, std::int64_t d_sae, Signs signs,
                           const std::vector<std::int64_t>* allowed) {
  std::vector<Scored> all;
  const auto add = [&](std::int64_t j) {
    assert(0 <= j && j < d_sae);
    if (c[j] > 0) all.push_back({c[j], {j, 1}});
    if (c[j] < 0 && signs == Signs::both) all.push_back({-c[j], {j, -1}});
  };
  if (allowed != nullptr) {
    for (const std::int64_t j : *allowed) add(j);
  } else {
    for (std::int64_t j = 0; j < d_sae; ++j) add(j);
  }
  return all;
}

double largest(const std::vector<Scored>& all) {
  double found = 0;
  for (const Scored& one : all) found = std::max(found, one.score);
  return found;
}

// The atoms that violate the set's penalty, the worst first, as many as are
// worth fetching.
std::vector<Candidate> violators(const std::vector<Scored>& all,
                                 const Search& search) {
  std::vector<Scored> found;
  for (const Scored& one : all) {
    if (one.score > search.set.lambda() + search.tolerance &&
        search.set.open(one.candidate)) {
      found.push_back(one);
    }
  }
  const std::int64_t most = std::max(
      kFirstAtoms,
      std::min(std::ssize(search.set.members()), search.target.numel() / 4));
  const auto count = std::min(std::ssize(found), most);
  std::partial_sort(found.begin(), found.begin() + count, found.end(),
                    [](const Scored& a, const Scored& b) {
                      // Ties by feature and sign, so that equal scores always
                      // come in one order.
                      return a.score != b.score ? a.score > b.score
                                                : a.candidate < b.candidate;
                    });
  std::vector<Candidate> worst;
  for (std::int64_t i = 0; i < count; ++i) {
    worst.push_back(found[static_cast<std::size_t>(i)].candidate);
  }
  return worst;
}

// What is missing from the certificate, empty if nothing is.
std::string missing(const Search& search) {
  const double lambda = search.set.lambda();
  const double excess = search.steepest - lambda;
  if (lambda == 0) {
    if (excess <= kCertified * search.size) return "";
    return fmt::format("a slope of {:.2g} of the vector's length", excess);
  }
  // Below this, rounding of the slopes says more than they do.
  if (lambda == *search.lambda && excess <= kTolerance * search.size) return "";
  const double objective = search.set.objective();
  const double gap = duality_gap(search.target, search.set.rest(), lambda,
                                 search.set.weight_sum(), search.steepest);
  if (lambda == *search.lambda && gap <= kCertified * objective) return "";
  return fmt::format(
      "a duality gap of {:.2g} of the objective, at {:.2g} of "
      "the penalty asked for",
      gap / objective, lambda / *search.lambda);
}

void check_certificate(const Search& search, std::int64_t vector) {
  const std::string found = missing(search);
  if (found.empty()) return;
  throw NumbersError(
      {"", fmt::format("sparse codes of vector {}", vector),
       fmt::format("{} after {} passes", found, search.passes),
       "a duality gap of at most 1e-9 of it, or slopes of at most 1e-9",
       "look for decoder rows that are nearly dependent, or ask for a larger "
       "penalty"});
}

void begin(double fraction, Search& search) {
  // The rest is v itself: its correlations are c.
  const double most = search.steepest;
  search.lambda = fraction * most;
  // Between rounding of slopes and what the gap has to be.
  search.tolerance =
      std::clamp(0.1 * kCertified * *search.lambda,
                 0.01 * kTolerance * search.size, kTolerance * search.size);
  if (fraction > 0) search.set.set_penalty(std::max(most, *search.lambda));
}

// What the last pass says of one vector: the atoms that it wants next, or that
// it is done.
void look_at(const std::vector<Scored>& all, double fraction, Search& search) {
  ++search.passes;
  search.steepest = largest(all);
  if (!search.lambda) begin(fraction, search);
  const double lambda = search.lambda.value_or(0);
  ActiveSet& set = search.set;
  search.wanted = violators(all, search);
  bool moved = false;
  while (!moved && set.lambda() > lambda &&
         std::ssize(search.wanted) * kFewViolators <=
             std::ssize(set.members())) {
    moved = !set.members().empty();
    set.set_penalty(std::max(lambda, kPenaltyStep * set.lambda()));
    // By slopes from before the step: what it changed shows in the next pass.
    search.wanted = violators(all, search);
  }
  search.fresh = !moved;
  const bool given_up = set.exhausted() || search.passes >= kMostPasses;
  search.done = (search.wanted.empty() && !moved) || given_up;
}

class Round {
 public:
  Round(const Dictionary& dictionary, const SparseProblem& problem)
      : dictionary_(dictionary), problem_(problem) {}

  // One pass over the dictionary for the searches that are not done, the first
  // of which is of vector `first`. False if all are.
  bool run(std::vector<Search>& searches, std::int64_t first) const {
    std::vector<std::int64_t> open;
    std::vector<at::Tensor> rests;
    for (std::size_t i = 0; i < searches.size(); ++i) {
      if (searches[i].done) continue;
      open.push_back(static_cast<std::int64_t>(i));
      rests.push_back(searches[i].set.rest());
    }
    if (open.empty()) return false;
    const at::Tensor correlations =
        dictionary_.correlate(at::stack(rests)).contiguous();
    one_a_thread(std::ssize(open), [&](std::int64_t row) {
      const std::int64_t i = open[static_cast<std::size_t>(row)];
      Search& search = searches[static_cast<std::size_t>(i)];
      look_at(
          scores(correlations.data_ptr<double>() + row * correlations.size(1),
                 correlations.size(1), problem_.signs, allowed(first + i)),
          problem_.fraction, search);
    });
    // In order, so that of several failures the same one is told each time.
    for (const std::int64_t i : open) {
      const Search& search = searches[static_cast<std::size_t>(i)];
      if (search.done) check_certificate(search, first + i);
    }
    take_in(searches, open);
    return true;
  }

 private:
  const std::vector<std::int64_t>* allowed(std::int64_t vector) const {
    return problem_.allowed.empty()
               ? nullptr
               : &problem_.allowed.at(static_cast<std::size_t>(vector));
  }

  // The atoms of all searches are fetched in one pass.
  void take_in(std::vector<Search>& searches,
               const std::vector<std::int64_t>& open) const {
    std::vector<std::int64_t> features, begins;
    std::vector<double> signs;
    for (const std::int64_t i : open) {
      begins.push_back(std::ssize(features));
      for (const Candidate& one :
           searches[static_cast<std::size_t>(i)].wanted) {
        features.push_back(one.feature);
        signs.push_back(one.sign);
      }
    }
    if (features.empty()) return;
    const at::Tensor atoms =
        dictionary_.atoms(features)
            .mul_(at::tensor(signs, at::kDouble).unsqueeze(1))
            .contiguous();
    one_a_thread(std::ssize(open), [&](std::int64_t k) {
      const auto place = static_cast<std::size_t>(k);
      Search& search = searches[static_cast<std::size_t>(open[place])];
      const auto n = std::ssize(search.wanted);
      if (search.done || n == 0) return;
      search.set.take_in(
          {std::move(search.wanted), atoms.narrow(0, begins[place], n)},
          search.tolerance, search.fresh);
    });
  }

  const Dictionary& dictionary_;
  const SparseProblem& problem_;
};

void write_codes(const Search& search, at::Tensor&& codes) {
  const at::Tensor weights = search.set.weights();
  const double* w = weights.data_ptr<double>();
  const std::vector<Candidate>& members = search.set.members();
  // A signed atom may be in the set under both signs, in use under one.
  for (std::size_t j = 0; j < members.size(); ++j) {
    if (w[j] > 0) codes[members[j].feature] = members[j].sign * w[j];
  }
}

}  // namespace

std::int64_t most_bytes_a_vector(std::int64_t d_in) {
  // Atoms and factor of a set of d_in atoms; a quarter as many that are
  // fetched, scaled and copied.
  return 24 * d_in * d_in;
}

std::int64_t most_at_a_time(std::int64_t d_in) {
  constexpr std::int64_t kMostBytes = std::int64_t{2} << 30;
  return std::max<std::int64_t>(1, kMostBytes / most_bytes_a_vector(d_in));
}

double duality_gap(const at::Tensor& v, const at::Tensor& rest, double lambda,
                   double sum, double steepest) {
  assert(lambda > 0);
  const std::int64_t n = v.numel();
  const double* r = rest.data_ptr<double>();
  const double squares = ordered_dot(r, r, n);
  const double shrunk = steepest > lambda ? lambda / steepest : 1.0;
  const double bound = shrunk * ordered_dot(v.data_ptr<double>(), r, n) -
                       0.5 * shrunk * shrunk * squares;
  return 0.5 * squares + lambda * sum - bound;
}

SparseFit solve_on_working_sets(const Dictionary& dictionary,
                                const at::Tensor& vectors,
                                const SparseProblem& problem) {
  assert(vectors.dim() == 2 && vectors.size(1) == dictionary.d_in());
  assert(problem.allowed.empty() ||
         std::ssize(problem.allowed) == vectors.size(0));
  const at::Tensor scale = vector_scale(vectors);
  const at::Tensor scaled = vectors / scale;
  const std::int64_t n = vectors.size(0),
                     most = most_at_a_time(vectors.size(1));
  SparseFit fit{at::zeros({n, dictionary.d_sae()}, at::kDouble),
                at::zeros({n}, at::kDouble)};
  const Round round(dictionary, problem);
  for (std::int64_t first = 0; first < n; first += most) {
    std::vector<Search> searches;
    for (std::int64_t i = first; i < std::min(n, first + most); ++i) {
      searches.emplace_back(scaled[i]);
    }
    while (round.run(searches, first)) {
    }
    one_a_thread(std::ssize(searches), [&](std::int64_t i) {
      const Search& search = searches[static_cast<std::size_t>(i)];
      write_codes(search, fit.codes[first + i]);
      fit.lambda[first + i] = *search.lambda;
    });
  }
  fit.codes.mul_(scale);
  fit.lambda.mul_(scale.squeeze(1));
  return fit;
}

}  // namespace coxswain::jobs
