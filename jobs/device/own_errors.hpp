#pragma once

#include <c10/util/Exception.h>

#include <new>
#include <string>
#include <utility>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {

// Runs `work` on what lies at `path`; what libtorch refuses, and a want of
// memory, are told as JobErrors that name it: a file that does not fit this
// machine is no bug of ours.
template <class Work>
auto with_own_errors(const std::string& path, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const c10::Error& error) {
    throw JobError({path, "", error.what_without_backtrace(), "", ""});
  } catch (const std::bad_alloc&) {
    throw JobError({path, "", "more than this machine has memory for", "",
                    "try it where there is more"});
  }
}

}  // namespace coxswain::jobs
