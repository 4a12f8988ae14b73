#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A data set of the sweep, prompted for one model.
struct BehaviourRow {
  std::int32_t id = 0;
  Text<64> name;
  Text<64> digest;
  Text<16> prompt_template;
  std::int32_t lines = 0, left_out = 0, train = 0, test = 0;
  std::uint8_t letters = 0;
  Text<32> answer_first, answer_second;
  std::uint8_t split_by_cluster = 0;
  std::int32_t train_clusters = -1, test_clusters = -1;
  std::uint8_t whole_answers = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
