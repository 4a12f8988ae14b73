#include "storage/files/reading_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

namespace {

// Another program's hold on a file, as HDF5's own.
class Hold {
 public:
  Hold(const std::string& path, int how)
      : descriptor_(::open(path.c_str(), O_RDWR)) {
    REQUIRE(::flock(descriptor_, how | LOCK_NB) == 0);
  }
  ~Hold() { ::close(descriptor_); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  int descriptor_;
};

bool can_write(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR);
  const bool can = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  ::close(descriptor);
  return can;
}

}  // namespace

TEST_CASE("a file that another program writes to is called held",
          "[storage][reading_lock]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("results.h5");
  tests::write_file(path, "x");
  {
    const Hold writer(path, LOCK_EX);
    CHECK_THROWS_AS(ReadingLock(path), FileHeld);
    CHECK_THROWS_WITH(ReadingLock(path),
                      Contains("results.h5: held for writing by another") &&
                          Contains("File.close()"));
  }
  CHECK_NOTHROW(ReadingLock(path));
  const Hold reader(path, LOCK_SH);
  CHECK_NOTHROW(ReadingLock(path));
}

TEST_CASE("a file that is read is not written to by those who ask",
          "[storage][reading_lock]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("results.h5");
  tests::write_file(path, "x");
  {
    ReadingLock lock(path);
    const ReadingLock moved(std::move(lock));
    CHECK_FALSE(can_write(path));
  }
  CHECK(can_write(path));
  CHECK_THROWS_WITH(ReadingLock(scratch.file("none")),
                    Contains("none: No such file or directory"));
}
