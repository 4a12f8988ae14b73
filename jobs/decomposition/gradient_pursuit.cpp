#include "jobs/decomposition/gradient_pursuit.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/one_a_thread.hpp"
#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/decomposition/vector_scale.hpp"

namespace coxswain::jobs {
namespace {

// The pursuit of one vector, divided by its scale.
struct Search {
  explicit Search(const at::Tensor& v)
      : target(v.contiguous()),
        rest(target),
        rows(at::zeros({0, v.size(0)}, at::kDouble)),
        w(at::zeros({0}, at::kDouble)) {}

  at::Tensor combine(const at::Tensor& weights) const {
    at::Tensor sum = at::zeros_like(target);
    add_rows(rows.data_ptr<double>(), rows.size(0), rows.size(1),
             weights.data_ptr<double>(), sum.data_ptr<double>());
    return sum;
  }

  at::Tensor target;                   // [d_in]
  at::Tensor rest;                     // [d_in], the target less w U
  std::vector<std::int64_t> features;  // S
  at::Tensor rows;                     // [|S|, d_in]
  at::Tensor w;                        // [|S|]
  bool done = false;                   // further steps change nothing
};

// The atom that wins, -1 for none that is new. A winner of exactly 0 (a row of
// zeros, or nothing left of v) would get no share of any step: it is not taken
// in.
std::int64_t new_winner(const at::Tensor& p, Signs signs,
                        const Search& search) {
  const at::Tensor scores = signs == Signs::both ? p.abs() : p;
  const std::int64_t best = first_largest(scores);
  if (best < 0 || scores[best].item<double>() == 0 ||
      std::count(search.features.begin(), search.features.end(), best) > 0) {
    return -1;
  }
  return best;
}

// All searches take in their winners, in one pass over the atoms.
void take_in_best(const Dictionary& dictionary, const at::Tensor& p,
                  Signs signs, const std::vector<Search*>& open) {
  std::vector<std::int64_t> found(open.size());
  one_a_thread(std::ssize(open), [&](std::int64_t i) {
    const auto place = static_cast<std::size_t>(i);
    found[place] = new_winner(p[i], signs, *open[place]);
  });
  std::vector<std::int64_t> winners;
  std::vector<Search*> of;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (found[i] < 0) continue;
    winners.push_back(found[i]);
    of.push_back(open[i]);
  }
  if (winners.empty()) return;
  const at::Tensor atoms = dictionary.atoms(winners);
  for (std::size_t i = 0; i < of.size(); ++i) {
    of[i]->features.push_back(winners[i]);
    of[i]->rows = at::cat(
        {of[i]->rows, atoms.narrow(0, static_cast<std::int64_t>(i), 1)});
    of[i]->w = at::cat({of[i]->w, at::zeros({1}, at::kDouble)});
  }
}

void step(const at::Tensor& p, Signs signs, Search& search) {
  const at::Tensor g =
      p.index_select(0, at::tensor(search.features, at::kLong));
  const at::Tensor direction = search.combine(g);
  const double* c = direction.data_ptr<double>();
  const std::int64_t d_in = direction.numel();
  const double squares = ordered_dot(c, c, d_in);
  // Not squares <= 0, which NaN would pass.
  if (!(squares > 0)) {
    search.done = true;
    return;
  }
  const double along = ordered_dot(c, search.rest.data_ptr<double>(), d_in);
  search.w = search.w + g * (along / squares);
  if (signs == Signs::positive) search.w.clamp_min_(0);
  search.rest = search.target - search.combine(search.w);
}

}  // namespace

at::Tensor gradient_pursuit(const Dictionary& dictionary,
                            const at::Tensor& vectors, std::int64_t iterations,
                            Signs signs) {
  assert(vectors.dim() == 2 && vectors.size(1) == dictionary.d_in());
  assert(iterations >= 0);
  const at::Tensor scale = vector_scale(vectors);
  std::vector<Search> searches;
  for (const at::Tensor& v : (vectors / scale).unbind()) {
    searches.emplace_back(v);
  }
  for (std::int64_t iteration = 0; iteration < iterations; ++iteration) {
    std::vector<Search*> open;
    std::vector<at::Tensor> rests;
    for (Search& search : searches) {
      if (search.done) continue;
      open.push_back(&search);
      rests.push_back(search.rest);
    }
    if (open.empty()) break;
    const at::Tensor p = dictionary.correlate(at::stack(rests));
    take_in_best(dictionary, p, signs, open);
    one_a_thread(std::ssize(open), [&](std::int64_t i) {
      step(p[i], signs, *open[static_cast<std::size_t>(i)]);
    });
  }
  at::Tensor codes =
      at::zeros({vectors.size(0), dictionary.d_sae()}, at::kDouble);
  for (std::size_t i = 0; i < searches.size(); ++i) {
    codes[static_cast<std::int64_t>(i)].index_copy_(
        0, at::tensor(searches[i].features, at::kLong), searches[i].w);
  }
  return codes.mul_(scale);
}

}  // namespace coxswain::jobs
