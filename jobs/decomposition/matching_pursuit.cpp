#include "jobs/decomposition/matching_pursuit.hpp"

#include <cassert>

#include <ATen/ATen.h>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/one_a_thread.hpp"
#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/decomposition/support.hpp"
#include "jobs/decomposition/vector_scale.hpp"

namespace coxswain::jobs {
namespace {

// The pursuit of one vector, divided by its scale.
struct Search {
  Search(const at::Tensor& v, double tolerance)
      : target(v.contiguous()),
        rest(target),
        enough(tolerance * ordered_norm(target)),
        support(v.size(0)) {}

  bool wants_more(std::int64_t most) const {
    return !stuck && support.size() < most && ordered_norm(rest) > enough;
  }

  at::Tensor target;  // [d_in]
  at::Tensor rest;    // [d_in]
  double enough;
  Support support;
  std::vector<std::int64_t> order;
  std::span<const std::int64_t> banned;
  bool stuck = false;
};

// The best atom that is not chosen yet; -1 if none reaches the rest.
std::int64_t best_of(const at::Tensor& correlations, const Search& search) {
  at::Tensor scores = correlations.abs();
  for (const std::int64_t chosen : search.order) scores[chosen] = 0;
  for (const std::int64_t banned : search.banned) scores[banned] = 0;
  const std::int64_t best = first_largest(scores);
  return best >= 0 && scores[best].item<double>() > 0 ? best : -1;
}

// Takes in an atom. One that lies in the span of the chosen ones is orthogonal
// to the rest: if even such a one is the best, none reaches the rest.
void add(std::int64_t feature, const at::Tensor& atom, Search& search) {
  if (!search.support.append(atom.unsqueeze(0))[0]) {
    search.stuck = true;
    return;
  }
  search.order.push_back(feature);
  // Of the rest, not of v: it is orthogonal to the earlier atoms already, so
  // that little cancels.
  search.rest = search.support.fit(search.rest, 0).rest;
}

// All searches take their best atom; those that have none are stuck.
void add_best(const Dictionary& dictionary, const at::Tensor& correlations,
              const std::vector<Search*>& open) {
  std::vector<std::int64_t> found(open.size());
  one_a_thread(std::ssize(open), [&](std::int64_t i) {
    const auto place = static_cast<std::size_t>(i);
    found[place] = best_of(correlations[i], *open[place]);
  });
  std::vector<std::int64_t> best;
  std::vector<Search*> going;
  for (std::size_t i = 0; i < open.size(); ++i) {
    open[i]->stuck = found[i] < 0;
    if (open[i]->stuck) continue;
    best.push_back(found[i]);
    going.push_back(open[i]);
  }
  if (best.empty()) return;
  const at::Tensor atoms = dictionary.atoms(best);  // in one pass
  one_a_thread(std::ssize(going), [&](std::int64_t i) {
    const auto place = static_cast<std::size_t>(i);
    add(best[place], atoms[i], *going[place]);
  });
}

}  // namespace

Pursuit matching_pursuit(const Dictionary& dictionary,
                         const at::Tensor& vectors, std::int64_t most,
                         double tolerance,
                         std::span<const std::vector<std::int64_t>> banned) {
  assert(banned.empty() || std::ssize(banned) == vectors.size(0));
  assert(vectors.dim() == 2 && vectors.size(1) == dictionary.d_in());
  assert(most >= 0 && tolerance >= 0);
  const at::Tensor scale = vector_scale(vectors);
  std::vector<Search> searches;
  for (const at::Tensor& v : (vectors / scale).unbind()) {
    searches.emplace_back(v, tolerance);
    if (banned.empty()) continue;
    searches.back().banned = banned[searches.size() - 1];
  }
  while (true) {
    std::vector<Search*> open;
    std::vector<at::Tensor> rests;
    for (Search& search : searches) {
      if (!search.wants_more(most)) continue;
      open.push_back(&search);
      rests.push_back(search.rest);
    }
    if (open.empty()) break;
    add_best(dictionary, dictionary.correlate(at::stack(rests)), open);
  }
  Pursuit pursuit{at::zeros({vectors.size(0), dictionary.d_sae()}, at::kDouble),
                  {}};
  for (std::size_t i = 0; i < searches.size(); ++i) {
    const Search& search = searches[i];
    pursuit.codes[static_cast<std::int64_t>(i)].index_copy_(
        0, at::tensor(search.order, at::kLong),
        // Solved once more from v itself: coefficients gathered step by step
        // would have gathered rounding, too.
        search.support.fit(search.target, 0).w);
    pursuit.order.push_back(search.order);
  }
  pursuit.codes.mul_(scale);
  return pursuit;
}

}  // namespace coxswain::jobs
