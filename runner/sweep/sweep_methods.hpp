#pragma once

#include <functional>

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

constexpr int kMaxLayer = 9999;

// What layers = "all" stands for.
using AllLayers = std::function<std::vector<int>()>;

// Block numbers: an array, a range or "all".
std::vector<int> layers_at(TableReader& reader, const char* key,
                           const AllLayers& all);

// Decomposition methods, each once.
std::vector<jobs::MethodChoice> methods_at(TableReader& reader,
                                           const char* key);

// [decompose] and [steer]: how vectors are taken apart, and what is added.
DecomposeEntry read_decompose(TableReader& root);
SteerEntry read_steer(TableReader& root, const AllLayers& all);

}  // namespace coxswain::runner
