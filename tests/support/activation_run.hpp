#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/results/activation_files.hpp"
#include "storage/results/activation_reader.hpp"

namespace coxswain::tests {

// Where a run's activations are: in results.h5, or in files beside it of at
// most so many bytes that each set is cut several times.
enum class Kept { within, beside };

// A sealed run with activations of all tokens of two behaviours, each value of
// which says what it is of.
struct ActivationRun {
  static constexpr int kItems = 3;  // of each behaviour
  static constexpr std::int64_t kWidth = 4;
  static constexpr std::uint64_t kFileBytes = 300;

  ActivationRun(const std::string& folder, storage::DType dtype, Kept kept);

  std::int32_t item(const std::string& behaviour, int number) const {
    return (behaviour == "words" ? 0 : kItems) + number;
  }
  // Items differ in length: so many tokens come before the answers differ.
  std::int32_t read_position(int number) const { return 2 + number; }
  // Layer, item, side (2: both) and position.
  std::vector<float> value(const storage::ActivationPoint& point) const;
  std::string results() const { return path + "/results.h5"; }

  std::string path;
  std::vector<storage::ActivationSet> sets;
};

}  // namespace coxswain::tests
