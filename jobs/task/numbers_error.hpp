#pragma once

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {

// An infinity, or what is no number, where numbers are needed.
class NumbersError : public JobError {
 public:
  using JobError::JobError;
};

}  // namespace coxswain::jobs
