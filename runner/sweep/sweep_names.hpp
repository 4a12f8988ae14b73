#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// Bytes of the name columns in results.h5.
constexpr std::size_t kMaxName = 64;

// The name that a table gives itself, of letters that file names can have.
std::string name_at(TableReader& reader, const char* key);

// Ids of models of the sweep under `model`; none if the key is not there.
std::vector<std::string> models_at(TableReader& reader, const Sweep& sweep);

}  // namespace coxswain::runner
