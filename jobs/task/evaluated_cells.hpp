#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/evaluate_result.hpp"
#include "jobs/task/evaluate_task.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// What is read of one cell.
struct CellAnswer {
  float match = 0, other = 0, log_sum_exp = 0;
};

// The cells of one evaluation while they come together, from wherever: equal
// cells give equal bytes. Cells are numbered item by item, variant by variant,
// multiplier by multiplier; those that nothing is said of are not there.
class EvaluatedCells {
 public:
  explicit EvaluatedCells(const EvaluateTask& task);

  std::size_t size() const { return no_cell_.size(); }
  std::size_t cell(std::size_t item, std::size_t variant,
                   std::size_t multiplier) const {
    return (item * n_variants_ + variant) * n_multipliers_ + multiplier;
  }
  // Numbers that are not finite are none.
  void put(std::size_t cell, const CellAnswer& answer);
  void put(std::size_t cell, NoCell why);
  NoCell why_not(std::size_t cell) const;
  // All cells of a variant.
  void put_variant(std::size_t variant, NoCell why);
  // Those without numbers, of one reason or of any.
  std::int64_t count(NoCell why) const;
  std::int64_t failed() const {
    return std::int64_t(size()) - count(NoCell::computed);
  }

  // The arrays of evaluate_result.hpp.
  storage::ArrayMap result() const;

 private:
  std::size_t n_items_, n_variants_, n_multipliers_;
  bool letter_mass_;
  std::vector<float> match_, other_, log_sum_exp_;
  std::vector<std::int32_t> no_cell_;  // numbers of NoCell
};

// How many cells of a result failed: of an evaluation, by themselves or for
// want of a vector; of a decompose task, methods that failed on their vector;
// of a vector task, layers at which its method made none.
std::uint64_t failed_cells_of(const storage::ArrayMap& result);

// Cells of a result, read by number.
class CellReader {
 public:
  // Throws storage::StorageError that names `where` if they are not `size` with
  // the numbers that `letter_mass` asks for.
  CellReader(const storage::ArrayMap& result, std::size_t size,
             bool letter_mass, const std::string& where);

  bool letter_mass() const { return !log_sum_exp_.empty(); }

  // Puts one of them, whatever is known of it, where another list has it.
  void copy(std::size_t cell, EvaluatedCells& to, std::size_t there) const;

 private:
  std::vector<float> match_, other_, log_sum_exp_;
  std::vector<std::int64_t> no_cell_;  // empty: all are computed
};

}  // namespace coxswain::jobs
