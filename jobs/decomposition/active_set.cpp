#include "jobs/decomposition/active_set.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <vector>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/support.hpp"

namespace coxswain::jobs {
namespace {

// The atoms in use for one vector, their weights, and which atoms may still
// come in.
class ActiveSet {
 public:
  ActiveSet(const at::Tensor& A, const at::Tensor& v, double lambda,
            const at::Tensor& start);

  // The atom to come in, -1 if the optimum is reached within `tolerance`.
  std::int64_t steepest(double tolerance) const;
  void add(std::int64_t atom);
  at::Tensor weights() const;  // [m]

 private:
  double objective() const;
  bool join(std::int64_t atom, double weight);
  bool exchange(std::int64_t atom);
  void settle();
  void leave(std::size_t position);
  void update_rest();
  at::Tensor used_weights() const;  // [members]

  at::Tensor A_;
  at::Tensor v_;
  double lambda_;
  Support support_;
  at::Tensor rest_;                    // [d_in], v less what is in use
  std::vector<std::int64_t> members_;  // rows of A, in the support's order
  std::vector<double> w_;              // their weights
  at::Tensor open_;                    // [m] bool: may come in
  std::vector<bool> spent_;            // [m], came for nothing
};

ActiveSet::ActiveSet(const at::Tensor& A, const at::Tensor& v, double lambda,
                     const at::Tensor& start)
    : A_(A),
      v_(v),
      lambda_(lambda),
      support_(v.size(0)),
      rest_(v),
      open_(at::ones({A.size(0)}, at::kBool)),
      spent_(static_cast<std::size_t>(A.size(0)), false) {
  for (std::int64_t atom = 0; atom < A.size(0); ++atom) {
    const double weight = start[atom].item<double>();
    if (weight > 0) join(atom, weight);
  }
  update_rest();
  settle();
}

at::Tensor ActiveSet::used_weights() const {
  return at::tensor(w_, at::kDouble);
}

void ActiveSet::update_rest() { rest_ = v_ - support_.combine(used_weights()); }

// The weights of all atoms, solved afresh: on the way here they were improved
// from set to set.
at::Tensor ActiveSet::weights() const {
  at::Tensor w = at::zeros({A_.size(0)}, at::kDouble);
  return w.index_copy_(0, at::tensor(members_, at::kLong),
                       support_.fit(v_, lambda_).w.clamp_min(0));
}

double ActiveSet::objective() const {
  return 0.5 * rest_.dot(rest_).item<double>() +
         lambda_ * std::accumulate(w_.begin(), w_.end(), 0.0);
}

std::int64_t ActiveSet::steepest(double tolerance) const {
  const at::Tensor slopes =
      at::mv(A_, rest_).masked_fill_(open_.logical_not(), 0.0);
  const std::int64_t best = first_largest(slopes);
  if (best < 0 || !(slopes[best].item<double>() > lambda_ + tolerance)) {
    return -1;
  }
  return best;
}

bool ActiveSet::join(std::int64_t atom, double weight) {
  if (!support_.append(A_[atom])) return false;
  members_.push_back(atom);
  w_.push_back(weight);
  open_[atom] = false;
  return true;
}

void ActiveSet::leave(std::size_t position) {
  assert(position < members_.size());
  const std::int64_t atom = members_[position];
  open_[atom] = !spent_[static_cast<std::size_t>(atom)];
  support_.remove(static_cast<std::int64_t>(position));
  members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(position));
  w_.erase(w_.begin() + static_cast<std::ptrdiff_t>(position));
}

// Takes in an atom that is a combination of those in use: taking it in their
// place leaves the residual as it is and lowers sum(w) until the first of them
// is used up. That one goes, which makes the new one independent.
bool ActiveSet::exchange(std::int64_t atom) {
  const at::Tensor inside = support_.fit(A_[atom], 0).w;
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
  const bool joined = join(atom, amount);
  update_rest();
  return joined;
}

// Goes to the optimum on the atoms in use; those that stand in the way leave.
void ActiveSet::settle() {
  while (!members_.empty()) {
    Support::Fit optimum{used_weights(), rest_};
    // Twice: the first step is as good as the factor's rounding, the second
    // takes that away.
    support_.improve(optimum, lambda_);
    support_.improve(optimum, lambda_);
    const double* goal = optimum.w.data_ptr<double>();
    assert(optimum.w.numel() == std::ssize(w_));
    // What part of the way each can go before its weight turns negative.
    std::vector<double> room(w_.size(), 2.0);
    for (std::size_t i = 0; i < w_.size(); ++i) {
      if (goal[i] <= 0) room[i] = w_[i] > 0 ? w_[i] / (w_[i] - goal[i]) : 0.0;
    }
    const double way =
        std::min(1.0, *std::min_element(room.begin(), room.end()));
    bool blocked = false;
    // Backwards: an atom that leaves moves those behind it.
    for (std::size_t i = w_.size(); i-- > 0;) {
      w_[i] += way * (goal[i] - w_[i]);
      if (room[i] > way) continue;
      blocked = true;
      leave(i);
    }
    if (!blocked) {
      rest_ = optimum.rest;
      return;
    }
    update_rest();
  }
}

void ActiveSet::add(std::int64_t atom) {
  assert(0 <= atom && atom < std::ssize(spent_));
  const double before = objective();
  const bool came = join(atom, 0) || (lambda_ > 0 && exchange(atom));
  settle();
  // Rounding could have two atoms take each other's place for ever: one that
  // came for nothing never comes again.
  if (came && objective() < before) return;
  spent_[static_cast<std::size_t>(atom)] = true;
  open_[atom] = false;
}

}  // namespace

at::Tensor non_negative_minimum(const at::Tensor& A, const at::Tensor& v,
                                double lambda, double tolerance,
                                const at::Tensor& start) {
  assert(A.dim() == 2 && v.dim() == 1 && A.size(1) == v.size(0));
  assert(start.dim() == 1 && start.size(0) == A.size(0));
  assert(lambda >= 0);
  ActiveSet set(A, v, lambda, start);
  for (std::int64_t atom = set.steepest(tolerance); atom >= 0;
       atom = set.steepest(tolerance)) {
    set.add(atom);
  }
  return set.weights();
}

}  // namespace coxswain::jobs
