#include "jobs/task/evaluated_cells.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>

#include "jobs/task/decompose_result.hpp"
#include "jobs/task/result_writer.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::jobs {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

std::int32_t number_of(NoCell why) { return static_cast<std::int32_t>(why); }

}  // namespace

EvaluatedCells::EvaluatedCells(const EvaluateTask& task)
    : n_items_(task.items.size()),
      n_variants_(task.variants.size()),
      n_multipliers_(task.multipliers.size()),
      letter_mass_(task.letter_mass) {
  const std::size_t n = n_items_ * n_variants_ * n_multipliers_;
  match_.assign(n, kNone);
  other_.assign(n, kNone);
  if (letter_mass_) log_sum_exp_.assign(n, kNone);
  no_cell_.assign(n, number_of(NoCell::not_there));
}

void EvaluatedCells::put(std::size_t cell, const CellAnswer& answer) {
  assert(cell < size());
  const bool finite = std::isfinite(answer.match) &&
                      std::isfinite(answer.other) &&
                      (!letter_mass_ || std::isfinite(answer.log_sum_exp));
  if (!finite) return put(cell, NoCell::not_finite);
  match_[cell] = answer.match;
  other_[cell] = answer.other;
  if (letter_mass_) log_sum_exp_[cell] = answer.log_sum_exp;
  no_cell_[cell] = number_of(NoCell::computed);
}

void EvaluatedCells::put(std::size_t cell, NoCell why) {
  assert(cell < size() && why != NoCell::computed);
  match_[cell] = other_[cell] = kNone;
  if (letter_mass_) log_sum_exp_[cell] = kNone;
  no_cell_[cell] = number_of(why);
}

NoCell EvaluatedCells::why_not(std::size_t cell) const {
  assert(cell < size());
  return static_cast<NoCell>(no_cell_[cell]);
}

void EvaluatedCells::put_variant(std::size_t variant, NoCell why) {
  for (std::size_t item = 0; item < n_items_; ++item) {
    for (std::size_t m = 0; m < n_multipliers_; ++m) {
      put(cell(item, variant, m), why);
    }
  }
}

std::int64_t EvaluatedCells::count(NoCell why) const {
  return std::ranges::count(no_cell_, number_of(why));
}

storage::ArrayMap EvaluatedCells::result() const {
  namespace names = evaluate_result;
  const std::vector<std::int64_t> shape{
      static_cast<std::int64_t>(n_items_),
      static_cast<std::int64_t>(n_variants_),
      static_cast<std::int64_t>(n_multipliers_)};
  storage::ArrayMap result;
  jobs::put(result, names::kLogitMatch, match_, shape);
  jobs::put(result, names::kLogitOther, other_, shape);
  if (letter_mass_) jobs::put(result, names::kLogSumExp, log_sum_exp_, shape);
  if (failed() > 0) jobs::put(result, names::kNoCell, no_cell_, shape);
  return result;
}

std::uint64_t failed_cells_of(const storage::ArrayMap& result) {
  // Vector tasks have the same two arrays.
  if (result.contains(decompose_result::kFailures.name)) {
    const std::vector<std::int64_t> there =
        storage::integers(result.at(decompose_result::kAvailable.name));
    return static_cast<std::uint64_t>(std::ranges::count(there, 0));
  }
  const auto none = result.find(evaluate_result::kNoCell.name);
  if (none == result.end()) return 0;
  const std::vector<std::int64_t> why = storage::integers(none->second);
  return static_cast<std::uint64_t>(
      std::ranges::count(why, number_of(NoCell::not_finite)) +
      std::ranges::count(why, number_of(NoCell::no_vector)));
}

CellReader::CellReader(const storage::ArrayMap& result, std::size_t size,
                       bool letter_mass, const std::string& where) {
  namespace names = evaluate_result;
  const auto checked = [&](auto numbers, const char* name) {
    if (numbers.size() == size) return numbers;
    throw storage::StorageError(
        {where, name, std::to_string(numbers.size()) + " numbers",
         std::to_string(size), "the file is not what this program wrote"});
  };
  const auto read = [&](NumbersOf<float> which) {
    return checked(storage::floats(storage::at(result, which.name, where)),
                   which.name);
  };
  match_ = read(names::kLogitMatch);
  other_ = read(names::kLogitOther);
  if (letter_mass) log_sum_exp_ = read(names::kLogSumExp);
  const auto none = result.find(names::kNoCell.name);
  if (none != result.end()) {
    no_cell_ = checked(storage::integers(none->second), names::kNoCell.name);
  }
}

void CellReader::copy(std::size_t cell, EvaluatedCells& to,
                      std::size_t there) const {
  assert(cell < match_.size());
  if (!no_cell_.empty() && no_cell_[cell] != number_of(NoCell::computed)) {
    return to.put(there, static_cast<NoCell>(no_cell_[cell]));
  }
  to.put(there, {match_[cell], other_[cell],
                 log_sum_exp_.empty() ? 0 : log_sum_exp_[cell]});
}

}  // namespace coxswain::jobs
