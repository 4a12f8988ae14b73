// count_commits RUN [keys]: how many tasks the journal has, and how many commit
// records count; both are equal when nothing was done twice. With `keys`, the
// task of every such record, a line each.

#include <fmt/format.h>

#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

int main(int argc, char** argv) {
  using namespace coxswain::storage;  // NOLINT: a tool of this one purpose
  if (argc != 2 && argc != 3) return 2;
  constexpr std::uint16_t kCommitted = 4;  // storage/README.md
  const std::string folder = RunDirectory(argv[1]).journal_folder();
  const JournalState state = replay_journal(folder);
  std::size_t records = 0;
  for (const auto& [segment, bytes] : state.accepted) {
    RecordReader reader(fmt::format("{}/{:06}", folder, segment),
                        RecordFileKind::journal, bytes);
    while (const auto record = reader.next()) {
      if (record->type != kCommitted) continue;
      ++records;
      // A commit begins with its task's key, byte by byte.
      for (std::size_t i = 0; argc == 3 && i < 16; ++i) {
        fmt::print("{:02x}", static_cast<unsigned char>(record->payload.at(i)));
      }
      if (argc == 3) fmt::print("\n");
    }
  }
  if (argc == 2) fmt::print("{} {}\n", state.commits.size(), records);
  return 0;
}
