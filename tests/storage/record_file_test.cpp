#include "storage/record_file.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

constexpr int kRecords = 5;

std::string payload(int i) { return std::string(10 + 7U * unsigned(i), 'a'); }

std::string write_records(const std::string& path, std::uint64_t epoch = 3) {
  RecordWriter writer(path, RecordFileKind::journal, epoch);
  for (int i = 0; i < kRecords; ++i) writer.append(1, 1, payload(i));
  writer.sync();
  return tests::read_file(path);
}

// How many good records a file of these bytes begins with; each must be one
// that was written, in order.
int readable(const std::string& path, const std::string& bytes) {
  tests::write_file(path, bytes);
  RecordReader reader(path, RecordFileKind::journal);
  int n = 0;
  while (const auto record = reader.next()) {
    REQUIRE(record->payload == payload(n));
    ++n;
  }
  return n;
}

// Offset of the end of each record.
std::vector<std::size_t> ends() {
  std::vector<std::size_t> out;
  std::size_t at = 32;
  for (int i = 0; i < kRecords; ++i) {
    at += 32 + payload(i).size();
    out.push_back(at);
  }
  return out;
}

int whole_before(std::size_t byte) {
  int n = 0;
  for (const std::size_t end : ends()) n += end <= byte ? 1 : 0;
  return n;
}

}  // namespace

TEST_CASE("records come back in order with their places",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("s");
  RecordWriter writer(path, RecordFileKind::shard, 9);
  const RecordPlace first = writer.append(1, 1, "one");
  const RecordPlace second = writer.append(1, 1, "");
  writer.sync();
  CHECK(read_record(path, first) == "one");
  CHECK(read_record(path, second).empty());
  RecordReader reader(path, RecordFileKind::shard);
  CHECK(reader.epoch() == 9);
  CHECK(reader.next()->payload == "one");
}

TEST_CASE("a file cut anywhere keeps every record before the cut",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string bytes = write_records(scratch.file("a"));
  REQUIRE(bytes.size() == ends().back());
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    REQUIRE(readable(scratch.file("b"), bytes.substr(0, cut)) ==
            whole_before(cut));
  }
}

TEST_CASE("a tail of zeros keeps every record before it",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string bytes = write_records(scratch.file("a"));
  for (std::size_t cut = 32; cut < bytes.size(); ++cut) {
    std::string zeroed = bytes;
    std::fill(zeroed.begin() + std::ptrdiff_t(cut), zeroed.end(), '\0');
    // A record whose last bytes are zeros anyway can't be told apart; ours
    // are letters.
    REQUIRE(readable(scratch.file("b"), zeroed) == whole_before(cut));
  }
}

TEST_CASE("one flipped bit ends the file at the record it lies in",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string bytes = write_records(scratch.file("a"));
  for (std::size_t at = 32; at < bytes.size(); ++at) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    // The four reserved bytes of a frame carry nothing.
    const int before = whole_before(at);
    const std::size_t start =
        before == 0 ? 32 : ends()[static_cast<std::size_t>(before) - 1];
    const bool reserved = at - start >= 28 && at - start < 32;
    REQUIRE(readable(scratch.file("b"), bad) == (reserved ? kRecords : before));
  }
}

TEST_CASE("records of another epoch or place do not pass",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string ours = write_records(scratch.file("a"), 3);
  const std::string other = write_records(scratch.file("c"), 4);
  const std::size_t cut = ends()[1];
  CHECK(readable(scratch.file("b"), ours.substr(0, cut) + other.substr(cut)) ==
        2);
  // The third record where the second should be.
  CHECK(readable(scratch.file("b"),
                 ours.substr(0, ends()[0]) + ours.substr(cut)) == 1);
}

TEST_CASE("a record file of another kind is refused",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  write_records(scratch.file("a"));
  CHECK_THROWS_WITH(RecordReader(scratch.file("a"), RecordFileKind::shard),
                    Catch::Contains("kind"));
}

TEST_CASE("a damaged record is never returned by place",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("s");
  RecordPlace place;
  {
    RecordWriter writer(path, RecordFileKind::shard, 1);
    place = writer.append(1, 1, "precious");
  }
  std::string bytes = tests::read_file(path);
  bytes.back() = 'x';
  tests::write_file(path, bytes);
  CHECK_THROWS_WITH(read_record(path, place), Catch::Contains("damaged"));
  tests::write_file(path, bytes.substr(0, bytes.size() - 2));
  CHECK_THROWS(read_record(path, place));
}
