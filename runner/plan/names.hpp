#pragma once

#include <cstdint>
#include <string>

#include "jobs/task/vector_method.hpp"
#include "storage/results/enumerations.hpp"
#include "storage/results/name_tables.hpp"

namespace coxswain::runner {

using storage::CellKind;
using storage::CellState;
using storage::NormExclusion;
using storage::NormSource;
using storage::Reason;
using storage::Split;

// tables/vectors.method; decomposition methods are numbered from 1.
constexpr std::int32_t kMeanDifference = 0;

// The names/* tables, with the decomposition methods in their registry's order.
storage::NameTables enumerations();

// tables/vectors.method of a vector of the user's own.
std::int32_t own_vector_method();

// Of one that a method makes of pairs.
std::int32_t vector_method(jobs::VectorMethod method);

// Index in names/methods of a decomposition method.
std::int32_t method_id(const std::string& name);

}  // namespace coxswain::runner
