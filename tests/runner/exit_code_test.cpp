#include "runner/base/exit_code.hpp"

#include <catch2/catch.hpp>
#include <cerrno>

#include "cluster/cluster_error.hpp"
#include "storage/run/run_directory.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// What `error` ends a program with that blames the SAE for it.
template <class Error>
ExitCode blamed(const Error& error) {
  try {
    blame(ExitCode::bad_sae, [&]() -> int { throw error; });
  } catch (const std::exception& thrown) {
    return code_of(thrown);
  }
  return ExitCode::done;
}

const storage::Fault kFault{"a.safetensors", "W_dec", "nothing", "a matrix",
                            ""};

}  // namespace

TEST_CASE("what an input is refused for is the input's fault",
          "[runner][exit_code]") {
  CHECK(blamed(storage::StorageError(kFault)) == ExitCode::bad_sae);
  CHECK(blamed(jobs::JobError(kFault)) == ExitCode::bad_sae);
  CHECK(blamed(std::filesystem::filesystem_error(
            "open", std::make_error_code(std::errc::permission_denied))) ==
        ExitCode::bad_sae);
  try {
    blame(ExitCode::bad_sae, [] { throw jobs::JobError(kFault); });
    FAIL("nothing was thrown");
  } catch (const ProgramError& error) {
    CHECK(error.fault().item == "W_dec");
    CHECK(error.what() == storage::sentence(kFault));
  }
}

TEST_CASE("a bug passes by and ends the program as one",
          "[runner][exit_code]") {
  CHECK(blamed(std::logic_error("a bug")) == ExitCode::internal);
  CHECK(blamed(std::out_of_range("vector::_M_range_check")) ==
        ExitCode::internal);
  CHECK(blamed(std::runtime_error("anything")) == ExitCode::internal);
  CHECK_THROWS_AS(
      blame(ExitCode::bad_sae, [] { throw std::logic_error("a bug"); }),
      std::logic_error);
}

TEST_CASE("what has a code of its own keeps it", "[runner][exit_code]") {
  CHECK(blamed(ProgramError(ExitCode::bad_data, "bad")) == ExitCode::bad_data);
  CHECK(blamed(cluster::ClusterError("no message")) == ExitCode::cluster);
  CHECK(code_of(storage::StorageError(kFault)) == ExitCode::storage);
  CHECK(code_of(storage::RunInUse(kFault)) == ExitCode::run_in_use);
}

TEST_CASE("a file system that fails is nobody's input", "[runner][exit_code]") {
  for (const int error : {EIO, ESTALE, EDQUOT, ENOSPC, EROFS, EMFILE}) {
    CHECK(blamed(storage::file_error("a.safetensors", "", error)) ==
          ExitCode::storage);
  }
  CHECK(blamed(storage::file_error("a.safetensors", "", ENOENT)) ==
        ExitCode::bad_sae);
  const std::filesystem::filesystem_error full(
      "cannot create", "/run",
      std::make_error_code(std::errc::no_space_on_device));
  CHECK(blamed(full) == ExitCode::storage);
  CHECK_THAT(sentence_of(full),
             Catch::StartsWith("/run: No space left on device"));
}

TEST_CASE("no memory is no bug", "[runner][exit_code]") {
  CHECK(blamed(std::bad_alloc()) == ExitCode::memory);
  CHECK_THAT(sentence_of(std::bad_alloc()), Catch::StartsWith("out of memory"));
}

TEST_CASE("what the work returns comes back", "[runner][exit_code]") {
  CHECK(blame(ExitCode::bad_sae, [] { return 7; }) == 7);
}
