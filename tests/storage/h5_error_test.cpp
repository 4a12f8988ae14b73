#include "storage/results/h5_error.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "storage/files/file_error.hpp"
#include "storage/results/h5.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

TEST_CASE("what the system refused HDF5 is said as of any file",
          "[storage][h5_error]") {
  const tests::Scratch scratch;
  try {
    H5File::create(scratch.file("none/results.h5"));
    FAIL("nothing was thrown");
  } catch (const FileError& error) {
    CHECK(error.error() == ENOENT);
    CHECK_THAT(error.what(), Contains("none/results.h5: HDF5: No such file"));
  }
  tests::write_file(scratch.file("there"), "x");
  CHECK_THROWS_WITH(H5File::create(scratch.file("there")),
                    Contains("HDF5: File exists"));
}

TEST_CASE("what HDF5 finds wrong in a file is said in its words",
          "[storage][h5_error]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("results.h5");
  tests::write_file(path, std::string(5000, 'x'));
  CHECK_THROWS_WITH(H5File::open(path),
                    Contains("HDF5: file signature not found") &&
                        Contains("the file's own fault, not the disk's"));
  std::filesystem::remove(path);
  {
    H5File file = H5File::create(path);
    file.write_text("text", std::string(5000, 'x'), "a text");
    file.close();
  }
  std::filesystem::resize_file(path, 3000);
  CHECK_THROWS_WITH(H5File::open(path), Contains("HDF5: truncated file"));
  CHECK_THROWS_WITH(H5File::open(scratch.path()), !Contains("disk full"));
}

TEST_CASE("HDF5 asks for no lock, whatever its variable says",
          "[storage][h5_error]") {
  const tests::Scratch scratch;
  H5File::create(scratch.file("a.h5")).close();
  CHECK(std::getenv("HDF5_USE_FILE_LOCKING") == std::string("FALSE"));
}
