#include "jobs/decomposition/active_set.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <utility>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/ordered_sums.hpp"

namespace coxswain::jobs {
namespace {

// A block is no larger than the set that it joins or this.
constexpr std::int64_t kFirstBlock = 64;
// Nor than this share of the dimensions that are left: near the end, where
// atoms have little room, most of a large block would have to leave again.
constexpr std::int64_t kShareOfRest = 4;

double value_of(const at::Tensor& rest, double lambda, double sum) {
  const double* r = rest.data_ptr<double>();
  return 0.5 * ordered_dot(r, r, rest.numel()) + lambda * sum;
}

at::Tensor tensor_of(const std::vector<double>& values) {
  return at::tensor(values, at::kDouble);
}

}  // namespace

ActiveSet::ActiveSet(const at::Tensor& v)
    : v_(v.contiguous()), support_(v.size(0)), rest_(v_) {}

at::Tensor ActiveSet::used_weights() const { return tensor_of(w_); }

void ActiveSet::update_rest() { rest_ = v_ - support_.combine(used_weights()); }

at::Tensor ActiveSet::weights() const {
  return support_.fit(v_, lambda_).w.clamp_min(0);
}

double ActiveSet::weight_sum() const {
  return std::accumulate(w_.begin(), w_.end(), 0.0);
}

double ActiveSet::objective() const {
  return value_of(rest_, lambda_, weight_sum());
}

bool ActiveSet::open(const Candidate& candidate) const {
  return !in_use_.contains(candidate) && !spent_.contains(candidate);
}

void ActiveSet::set_penalty(double lambda) {
  assert(lambda >= 0);
  if (lambda == lambda_) return;
  lambda_ = lambda;
  spent_.clear();
  singly_ = false;
  settle();
}

std::int64_t ActiveSet::block_size() const {
  if (singly_) return 1;
  const std::int64_t room = v_.size(0) - support_.size();
  return std::min(std::max(kFirstBlock, support_.size()),
                  room / kShareOfRest + 1);
}

// Places in the pool of the block that comes in next, the steepest first.
std::vector<std::size_t> ActiveSet::steepest(const CandidateAtoms& pool,
                                             double tolerance) const {
  const auto n = static_cast<std::int64_t>(pool.candidates.size());
  at::Tensor slopes = at::zeros({n}, at::kDouble);
  double* slope = slopes.data_ptr<double>();
  times_rows(pool.atoms.data_ptr<double>(), n, v_.size(0),
             rest_.data_ptr<double>(), slope);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
    if (!open(pool.candidates[i])) {
      slope[i] = 0;
    } else if (slope[i] > lambda_ + tolerance) {
      places.push_back(i);
    }
  }
  if (places.empty()) return {};
  const auto size = std::min(std::ssize(places), block_size());
  // Alone, it is the first of what rounding makes of equal slopes.
  if (size == 1) return {static_cast<std::size_t>(first_largest(slopes))};
  std::partial_sort(places.begin(), places.begin() + size, places.end(),
                    [&](std::size_t a, std::size_t b) {
                      return slope[a] != slope[b] ? slope[a] > slope[b] : a < b;
                    });
  places.resize(static_cast<std::size_t>(size));
  return places;
}

// False if all of the block lie in the span of those in use.
bool ActiveSet::join(const CandidateAtoms& pool,
                     const std::vector<std::size_t>& block) {
  const std::vector<std::int64_t> rows(block.begin(), block.end());
  const std::vector<bool> taken =
      support_.append(pool.atoms.index_select(0, at::tensor(rows, at::kLong)));
  bool any = false;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (!taken[i]) continue;
    members_.push_back(pool.candidates[block[i]]);
    in_use_.insert(members_.back());
    w_.push_back(0);
    any = true;
  }
  return any;
}

void ActiveSet::leave(std::size_t position) {
  assert(position < members_.size());
  in_use_.erase(members_[position]);
  support_.remove(static_cast<std::int64_t>(position));
  members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(position));
  w_.erase(w_.begin() + static_cast<std::ptrdiff_t>(position));
}

void ActiveSet::leave_without_weight() {
  // Backwards: an atom that leaves moves those behind it.
  for (std::size_t i = w_.size(); i-- > 0;) {
    if (!(w_[i] > 0)) leave(i);
  }
  update_rest();
}

// Takes in an atom that is a combination of those in use: taking it in their
// place leaves the residual as it is and lowers sum(w) until the first of them
// is used up. That one goes, which makes the new one independent.
bool ActiveSet::exchange(const Candidate& candidate, const at::Tensor& atom) {
  const at::Tensor inside = support_.fit(atom, 0).w;
  const double* share = inside.data_ptr<double>();
  assert(inside.numel() == std::ssize(w_));
  double amount = std::numeric_limits<double>::infinity();
  std::size_t first = w_.size();
  for (std::size_t i = 0; i < w_.size(); ++i) {
    if (share[i] > 0 && w_[i] / share[i] < amount) {
      amount = w_[i] / share[i];
      first = i;
    }
  }
  if (first == w_.size()) return false;
  for (std::size_t i = 0; i < w_.size(); ++i) {
    // The one that is used up could be left with a negative rest of rounding.
    w_[i] = std::max(0.0, w_[i] - amount * share[i]);
  }
  leave(first);
  const bool joined = support_.append(atom.unsqueeze(0))[0];
  if (joined) {
    members_.push_back(candidate);
    in_use_.insert(candidate);
    w_.push_back(amount);
  }
  update_rest();
  return joined;
}

// Towards the goal with what turns negative cut off, if the objective is lower
// there and some atom is without weight. Else false, and nothing is done.
bool ActiveSet::cut_off(const double* goal) {
  constexpr double kShorter = 0.25;
  constexpr int kTries = 4;
  const double before = objective();
  double way = 1;
  for (int attempt = 0; attempt < kTries; ++attempt, way *= kShorter) {
    std::vector<double> there(w_.size());
    bool used_up = false;
    for (std::size_t i = 0; i < w_.size(); ++i) {
      there[i] = std::max(0.0, w_[i] + way * (goal[i] - w_[i]));
      used_up = used_up || there[i] == 0;
    }
    if (!used_up) return false;
    const at::Tensor rest = v_ - support_.combine(tensor_of(there));
    const double sum = std::accumulate(there.begin(), there.end(), 0.0);
    if (!(value_of(rest, lambda_, sum) < before)) continue;
    w_ = std::move(there);
    return true;
  }
  return false;
}

// Towards the goal as far as no weight turns negative.
void ActiveSet::stop_at_first(const double* goal) {
  // What part of the way each can go.
  std::vector<double> room(w_.size(), 2.0);
  for (std::size_t i = 0; i < w_.size(); ++i) {
    if (goal[i] <= 0) room[i] = w_[i] > 0 ? w_[i] / (w_[i] - goal[i]) : 0.0;
  }
  const double way = std::min(1.0, *std::min_element(room.begin(), room.end()));
  for (std::size_t i = 0; i < w_.size(); ++i) {
    w_[i] += way * (goal[i] - w_[i]);
    if (room[i] <= way) w_[i] = 0;
  }
}

// Goes to the optimum on the atoms in use; those that stand in the way leave.
// Each time round at least one does.
void ActiveSet::settle() {
  while (!members_.empty()) {
    Support::Fit optimum{used_weights(), rest_};
    // Twice: the first step is as good as the factor's rounding, the second
    // takes that away.
    support_.improve(optimum, lambda_);
    support_.improve(optimum, lambda_);
    const double* goal = optimum.w.data_ptr<double>();
    assert(optimum.w.numel() == std::ssize(w_));
    if (std::all_of(goal, goal + w_.size(), [](double w) { return w > 0; })) {
      w_.assign(goal, goal + w_.size());
      rest_ = optimum.rest;
      return;
    }
    if (!cut_off(goal)) stop_at_first(goal);
    leave_without_weight();
  }
  rest_ = v_;
}

void ActiveSet::spend(const Candidate& candidate) {
  spent_.insert(candidate);
  spent_at_ = objective();
}

// What came for nothing when the objective was visibly higher may be of use in
// the set of today: its slope may have been above lambda by rounding alone.
void ActiveSet::forgive() {
  constexpr double kVisible = 1e-12;  // of the objective
  if (objective() < (1 - kVisible) * spent_at_) spent_.clear();
}

void ActiveSet::add(const CandidateAtoms& pool,
                    const std::vector<std::size_t>& block) {
  ++blocks_;
  const double before = objective();
  const Candidate& first = pool.candidates[block.front()];
  const bool came =
      join(pool, block) ||
      (lambda_ > 0 &&
       exchange(first, pool.atoms[static_cast<std::int64_t>(block.front())]));
  settle();
  // Rounding could have two atoms take each other's place for ever: one that
  // came for nothing never comes again.
  if (came && objective() < before) return forgive();
  if (block.size() == 1) spend(first);
  singly_ = true;
}

void ActiveSet::take_in(const CandidateAtoms& pool, double tolerance,
                        bool fresh) {
  assert(pool.atoms.is_contiguous() &&
         pool.atoms.size(0) == std::ssize(pool.candidates));
  const std::int64_t before = blocks_;
  while (!exhausted()) {
    const std::vector<std::size_t> block = steepest(pool, tolerance);
    if (!block.empty()) {
      add(pool, block);
      continue;
    }
    // None of them violates, whatever rounding elsewhere said: to be offered
    // them again and again would never end.
    if (fresh && blocks_ == before) {
      for (const Candidate& one : pool.candidates) spend(one);
    }
    return;
  }
}

}  // namespace coxswain::jobs
