#pragma once

#include "storage/results/enumerations.hpp"

namespace coxswain::jobs {

// What tasks have in common with results.h5, under the names that both use.
// Their numbers are part of task keys, too.
using storage::Control;
using storage::DoseRule;
using storage::name_of;
using storage::NormRule;
using storage::Operation;
using storage::Part;
using storage::SignRule;
using storage::VariantSource;

}  // namespace coxswain::jobs
