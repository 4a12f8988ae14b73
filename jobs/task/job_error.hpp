#pragma once

#include <stdexcept>
#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::jobs {

// A model, SAE, prompt or task that cannot be used as it is.
class JobError : public std::runtime_error {
 public:
  explicit JobError(storage::Fault fault)
      : std::runtime_error(storage::sentence(fault)),
        fault_(std::move(fault)) {}
  const storage::Fault& fault() const { return fault_; }

 private:
  storage::Fault fault_;
};

}  // namespace coxswain::jobs
