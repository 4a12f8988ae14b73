#include "storage/run/record_file.hpp"

#include <catch2/catch.hpp>

#include "storage/files/digest.hpp"
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
    REQUIRE(readable(scratch.file("b"), bad) == whole_before(at));
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
  CHECK(record_is_there(path, place));  // nobody has read it
  CHECK_THROWS_WITH(read_record(path, place), Catch::Contains("damaged"));
  tests::write_file(path, bytes.substr(0, bytes.size() - 2));
  CHECK_FALSE(record_is_there(path, place));
  CHECK_THROWS(read_record(path, place));
  CHECK_FALSE(record_is_there(path, {place.offset, place.length, 7}));
  CHECK_FALSE(record_is_there(path, {1000, place.length, place.checksum}));
  CHECK_FALSE(record_is_there(scratch.file("gone"), place));
}

TEST_CASE("a payload in pieces is the payload whole",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string big(3U << 20, 'b');
  const std::string_view pieces[] = {"a", big, "", "c"};
  RecordWriter writer(scratch.file("s"), RecordFileKind::shard, 1);
  const RecordPlace place = writer.append(1, 1, pieces);
  const RecordPlace after = writer.append(1, 1, "after");
  writer.sync();  // small records are gathered until then
  CHECK(read_record(scratch.file("s"), place) == "a" + big + "c");
  CHECK(read_record(scratch.file("s"), after) == "after");
}

TEST_CASE(
    "a record file of a newer version is refused, not taken for a torn one",
    "[storage][record_file]") {
  const tests::Scratch scratch;
  std::string bytes = write_records(scratch.file("a"));
  bytes[8] = 3;
  // As long as its header is not whole, it is a torn file.
  tests::write_file(scratch.file("a"), bytes);
  CHECK_FALSE(RecordReader(scratch.file("a"), RecordFileKind::journal).next());
  const std::uint32_t sum = crc32c(bytes.substr(0, 28));
  bytes.replace(28, 4, reinterpret_cast<const char*>(&sum), 4);
  tests::write_file(scratch.file("a"), bytes);
  CHECK_THROWS_WITH(RecordReader(scratch.file("a"), RecordFileKind::journal),
                    Catch::Contains("byte 8") && Catch::Contains("version 3") &&
                        Catch::Contains("1 to 2"));
}

TEST_CASE("files of version 1 are read", "[storage][record_file]") {
  const tests::Scratch scratch;
  // One record of type 5 and version 2, "hello", epoch 7.
  std::string bytes("COXSWREC\1\0\0\0\1\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0", 28);
  const auto append_sum = [&bytes](const std::string& of) {
    const std::uint32_t sum = crc32c(of);
    bytes.append(reinterpret_cast<const char*>(&sum), 4);
  };
  append_sum(bytes);
  const std::string frame("RXOC\5\0\2\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
  bytes += frame;
  append_sum(frame + std::string("\7\0\0\0\0\0\0\0hello", 13));
  bytes += std::string("\0\0\0\0hello", 9);
  tests::write_file(scratch.file("a"), bytes);
  RecordReader reader(scratch.file("a"), RecordFileKind::journal);
  const auto record = reader.next();
  REQUIRE(record);
  CHECK(record->payload == "hello");
  CHECK(record->type == 5);
}

TEST_CASE("bad bytes are damage only where something durable is lost",
          "[storage][record_file]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("a");
  std::vector<std::uint64_t> starts;
  {
    RecordWriter writer(path, RecordFileKind::journal, 3);
    // Groups of two records, each durable before the next one is written.
    for (int i = 0; i < 6; ++i) {
      starts.push_back(writer.append(1, 1, payload(i)).offset);
      if (i % 2 == 1) writer.sync();
    }
  }
  const std::string bytes = tests::read_file(path);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    tests::write_file(path, bad);
    RecordReader reader(path, RecordFileKind::journal);
    std::uint64_t good = 0;
    while (reader.next()) ++good;
    const auto damage = reader.damage(3);
    // The last group may never have been acknowledged.
    REQUIRE(damage.has_value() == (at < starts[4]));
    if (!damage) continue;
    const std::uint64_t from = at < 32 ? 0 : starts[good];
    CHECK(damage->offset == from);
    CHECK(damage->following == bytes.size() - from);
    if (at < 32) CHECK_FALSE(reader.damage(4));
  }
}
