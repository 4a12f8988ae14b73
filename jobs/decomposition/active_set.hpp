#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <set>
#include <vector>

#include "jobs/decomposition/support.hpp"

namespace coxswain::jobs {

// A feature's unit row, as it is or turned around: a problem of any signs is
// one of positive weights over U and -U.
struct Candidate {
  std::int64_t feature = 0;
  double sign = 1;
  auto operator<=>(const Candidate&) const = default;
};

// Atoms that may come in: row i of `atoms` [n, d_in] is candidate i's, with its
// sign.
struct CandidateAtoms {
  std::vector<Candidate> candidates;
  at::Tensor atoms;
};

// The atoms in use for one vector v [d_in] and their weights, on the way to
// min 1/2 |v - w A|^2 + lambda sum(w), w >= 0.
//
// The active set method of Lawson and Hanson (1974), with lambda added and many
// atoms at a time: a block of those with the steepest slopes comes in, and the
// weights go to the optimum on all atoms in use. Where that has negative
// weights, they are cut off at zero if the objective is lower there (as in the
// projected Newton methods of Bertsekas 1982), else the way ends where the
// first weight is used up; atoms without weight leave, and so on.
//
// It ends: each optimum is that of another set of atoms with a lower objective.
// A block that lowered it invisibly makes later blocks single atoms, and a
// single atom that did so may not come again at this lambda before others have
// lowered it visibly.
class ActiveSet {
 public:
  explicit ActiveSet(const at::Tensor& v);

  // Goes to the optimum of another penalty on the atoms in use.
  void set_penalty(double lambda);
  // Takes in those of the pool whose slope A_j . rest exceeds lambda by more
  // than `tolerance`, until there are none or this is exhausted(). `fresh`:
  // they were chosen for their slopes on rest() as it is; if none of them is so
  // steep here it is rounding that says so elsewhere, and they may not come
  // again at this lambda. Of a rest of before, many need not be.
  void take_in(const CandidateAtoms& pool, double tolerance, bool fresh);

  double lambda() const { return lambda_; }
  double objective() const;
  double weight_sum() const;
  const at::Tensor& rest() const { return rest_; }  // [d_in], v - w A
  const std::vector<Candidate>& members() const { return members_; }
  // Whether it may come in: not in use, nor here before for nothing.
  bool open(const Candidate& candidate) const;
  // Whether so many blocks came in that something must be wrong: nothing comes
  // in any more. A set of single atoms takes few more than d_in.
  bool exhausted() const { return blocks_ >= 20 * v_.size(0) + 1000; }
  // The members' weights, solved afresh: on the way here they were improved
  // from set to set.
  at::Tensor weights() const;

 private:
  std::vector<std::size_t> steepest(const CandidateAtoms& pool,
                                    double tolerance) const;
  std::int64_t block_size() const;
  void add(const CandidateAtoms& pool, const std::vector<std::size_t>& block);
  bool join(const CandidateAtoms& pool, const std::vector<std::size_t>& block);
  bool exchange(const Candidate& candidate, const at::Tensor& atom);
  void spend(const Candidate& candidate);
  void forgive();
  void settle();
  bool cut_off(const double* goal);
  void stop_at_first(const double* goal);
  void leave(std::size_t position);
  void leave_without_weight();
  void update_rest();
  at::Tensor used_weights() const;

  at::Tensor v_;
  double lambda_ = 0;
  Support support_;
  at::Tensor rest_;
  std::vector<Candidate> members_;  // in the support's order
  std::vector<double> w_;           // their weights
  std::set<Candidate> in_use_;
  std::set<Candidate> spent_;  // came for nothing
  double spent_at_ = 0;        // the objective when the last of them did
  bool singly_ = false;
  std::int64_t blocks_ = 0;
};

}  // namespace coxswain::jobs
