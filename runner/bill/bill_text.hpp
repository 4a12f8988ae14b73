#pragma once

#include <string>

#include "runner/bill/bill.hpp"

namespace coxswain::runner {

// The bill as `coxswain plan` prints it: lines, each with its end.
std::string text_of(const Bill& bill);

}  // namespace coxswain::runner
