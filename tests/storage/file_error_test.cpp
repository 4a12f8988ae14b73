#include "storage/files/file_error.hpp"

#include <catch2/catch.hpp>
#include <cerrno>

#include "storage/files/durable_file.hpp"
#include "storage/files/file_reader.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

TEST_CASE("what the system refused is named with its meaning and a remedy",
          "[storage][file_error]") {
  const std::pair<int, const char*> kRemedies[] = {
      {EDQUOT, "Disk quota exceeded; your quota there is used up"},
      {EIO, "Input/output error; the disk or the server"},
      {ESTALE, "Stale file handle; the server no longer knows this file"},
      {EROFS, "Read-only file system; nothing can be written there"},
      {EACCES, "Permission denied; ask whose it is"},
      {EMFILE, "Too many open files; too many files are open: raise ulimit"},
      {EBUSY, "Device or resource busy; another program holds it"},
      {ENOENT, "No such file or directory; check the path"}};
  for (const auto& [error, words] : kRemedies) {
    const FileError thrown = file_error("/run/a", "write", error);
    CHECK_THAT(thrown.what(), Contains("/run/a: write: " + std::string(words)));
    CHECK(thrown.error() == error);
  }
}

TEST_CASE("a full file system with room is one whose limit is another",
          "[storage][file_error]") {
  const tests::Scratch scratch;
  const std::string said =
      file_error(scratch.file("none/at/all"), "write", ENOSPC).what();
  CHECK_THAT(said, Contains("No space left on device"));
  CHECK_THAT(said, Contains("free: a limit on the project or folder"));
}

TEST_CASE("who wrote down a path can mend it, a failing disk he can't",
          "[storage][file_error]") {
  for (const int error : {ENOENT, ENOTDIR, EACCES, EISDIR}) {
    CHECK(file_error("a", "", error).is_of_path());
  }
  for (const int error : {EIO, ESTALE, ENOSPC, EDQUOT, EROFS, EMFILE}) {
    CHECK_FALSE(file_error("a", "", error).is_of_path());
  }
}

TEST_CASE("the standard library's words become ours", "[storage][file_error]") {
  const std::filesystem::filesystem_error error(
      "cannot create directories", "/full/run",
      std::make_error_code(std::errc::no_space_on_device));
  CHECK_THAT(file_error(error).what(),
             Contains("/full/run: No space left on device"));
  CHECK(file_error(error).error() == ENOSPC);
}

TEST_CASE("readers and writers throw what the system refused",
          "[storage][file_error]") {
  const tests::Scratch scratch;
  CHECK_THROWS_AS(FileReader(scratch.file("none")), FileError);
  CHECK_THROWS_AS(AppendFile(scratch.file("none/file")), FileError);
  tests::write_file(scratch.file("file"), "x");
  CHECK_THROWS_AS(make_folders(scratch.file("file/folder")), FileError);
  // A file that ends early is what it is: the system refused nothing.
  const FileReader reader(scratch.file("file"));
  char to[2];
  try {
    reader.read(0, to, 2);
    FAIL("nothing was thrown");
  } catch (const StorageError& error) {
    CHECK(dynamic_cast<const FileError*>(&error) == nullptr);
    CHECK_THAT(error.what(), Contains("the file ends"));
  }
}
