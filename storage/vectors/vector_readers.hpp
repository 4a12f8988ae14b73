#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/vectors/own_vector.hpp"

namespace coxswain::storage {

// One format each, behind open_own_vectors() and read_own_vectors(), which sort
// and check what these give.

OwnVectors open_control_vector(const std::string& path);
std::vector<std::vector<float>> read_control_vector(
    const OwnVectors& of, std::span<const OwnVector> vectors);

OwnVectors open_vector_tensors(const std::string& path, VectorFormat format);
std::vector<std::vector<float>> read_vector_tensors(
    const OwnVectors& of, std::span<const OwnVector> vectors);

// The most numbers of a vector: no residual stream is as wide.
constexpr std::int64_t kWidestVector = 1 << 18;

}  // namespace coxswain::storage
