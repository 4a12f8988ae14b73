#include "jobs/executor/failure.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <new>

#include "jobs/device/tensor_array.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/file_error.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using storage::FailureKind;

namespace {

template <class Work>
TaskFailure failed(Work&& work) {
  try {
    work();
  } catch (const std::exception& error) {
    return failure_of(error);
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace

TEST_CASE("what a file holds and what the system refused are two kinds",
          "[jobs][failure]") {
  const storage::Fault fault{"sae", "W_dec", "nothing", "a matrix", ""};
  CHECK(failure_of(storage::StorageError(fault)).kind == FailureKind::input);
  CHECK(failure_of(JobError(fault)).kind == FailureKind::input);
  CHECK(failure_of(JobError(fault)).reason == storage::sentence(fault));
  for (const int error : {EIO, ESTALE, ENOENT, EDQUOT}) {
    CHECK(failure_of(storage::file_error("sae", "read", error)).kind ==
          FailureKind::files);
  }
  const std::filesystem::filesystem_error full(
      "cannot create", "/run",
      std::make_error_code(std::errc::no_space_on_device));
  CHECK(failure_of(full).kind == FailureKind::files);
}

TEST_CASE("numbers that are none are a kind of their own", "[jobs][failure]") {
  const TaskFailure failure = failed([] {
    require_finite(at::full({2}, std::numeric_limits<double>::infinity()),
                   "the logits", "");
  });
  CHECK(failure.kind == FailureKind::numbers);
  CHECK_THAT(failure.reason, Catch::Contains("the logits: infinite, or not"));
}

TEST_CASE("a want of memory is told whoever has it", "[jobs][failure]") {
  CHECK(failure_of(std::bad_alloc()).kind == FailureKind::memory);
  const TaskFailure torch = failed(
      [] { const at::Tensor huge = at::empty({std::int64_t{1} << 60}); });
  CHECK(torch.kind == FailureKind::memory);
  CHECK_THAT(torch.reason, Catch::StartsWith("out of memory: "));
  CHECK(failed([] {
          TORCH_CHECK(false, "CUBLAS_STATUS_ALLOC_FAILED when calling x");
        }).kind == FailureKind::memory);
}

TEST_CASE("what a device refuses is the device's, and a bug is nobody's",
          "[jobs][failure]") {
  CHECK(failed([] {
          TORCH_CHECK(false, "CUDA error: an illegal memory access");
        }).kind == FailureKind::device);
  CHECK(failed([] { at::ones({2}) + at::ones({3}); }).kind ==
        FailureKind::unknown);
  CHECK(failure_of(std::out_of_range("at")).kind == FailureKind::unknown);
}
