#include "jobs/decomposition/matching_pursuit.hpp"

#include <ATen/ATen.h>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/support.hpp"
#include "jobs/decomposition/vector_scale.hpp"

namespace coxswain::jobs {
namespace {

struct Search {
  Search(const at::Tensor& v, double tolerance)
      : target(v),
        rest(v),
        enough(tolerance * v.norm().item<double>()),
        support(v.size(0)) {}

  bool wants_more(std::int64_t most) const {
    return !stuck && support.size() < most &&
           rest.norm().item<double>() > enough;
  }

  at::Tensor target;  // [d_in]
  at::Tensor rest;    // [d_in]
  double enough;
  Support support;
  std::vector<std::int64_t> order;
  bool stuck = false;
};

// An atom that lies in the span of the chosen ones is orthogonal to the rest:
// if even such a one is the best, none reaches the rest.
void add_best(const Dictionary& dictionary, const at::Tensor& correlations,
              Search& search) {
  at::Tensor scores = correlations.abs();
  for (const std::int64_t chosen : search.order) scores[chosen] = 0;
  const std::int64_t best = first_largest(scores);
  if (best < 0 || !(scores[best].item<double>() > 0) ||
      !search.support.append(dictionary.atoms({best})[0])) {
    search.stuck = true;
    return;
  }
  search.order.push_back(best);
  search.rest = search.support.fit(search.rest, 0).rest;
}

}  // namespace

Pursuit matching_pursuit(const Dictionary& dictionary,
                         const at::Tensor& vectors, std::int64_t most,
                         double tolerance) {
  const at::Tensor scale = vector_scale(vectors);
  std::vector<Search> searches;
  for (const at::Tensor& v : (vectors / scale).unbind()) {
    searches.emplace_back(v, tolerance);
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
    const at::Tensor correlations = dictionary.correlate(at::stack(rests));
    for (std::size_t i = 0; i < open.size(); ++i) {
      add_best(dictionary, correlations[static_cast<std::int64_t>(i)],
               *open[i]);
    }
  }
  Pursuit pursuit{at::zeros({vectors.size(0), dictionary.d_sae()}, at::kDouble),
                  {}};
  for (std::size_t i = 0; i < searches.size(); ++i) {
    const Search& search = searches[i];
    pursuit.codes[static_cast<std::int64_t>(i)].index_copy_(
        0, at::tensor(search.order, at::kLong),
        search.support.fit(search.target, 0).w);
    pursuit.order.push_back(search.order);
  }
  pursuit.codes.mul_(scale);
  return pursuit;
}

}  // namespace coxswain::jobs
