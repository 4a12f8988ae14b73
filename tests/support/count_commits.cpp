// count_commits RUN: prints how many tasks the journal has and how many commit
// records count; both are equal when nothing was done twice.

#include <cstdio>

#include "storage/journal.hpp"
#include "storage/run_directory.hpp"

int main(int argc, char** argv) {
  using namespace coxswain::storage;  // NOLINT: a tool of this one purpose
  if (argc != 2) return 2;
  constexpr std::uint16_t kCommitted = 4;  // storage/README.md
  const std::string folder = RunDirectory(argv[1]).journal_folder();
  const JournalState state = replay_journal(folder);
  std::size_t records = 0;
  for (const auto& [segment, bytes] : state.accepted) {
    char name[32];
    std::snprintf(name, sizeof name, "/%06lu", segment);
    RecordReader reader(folder + name, RecordFileKind::journal, bytes);
    while (const auto record = reader.next()) {
      records += record->type == kCommitted ? 1U : 0U;
    }
  }
  std::printf("%zu %zu\n", state.commits.size(), records);
  return 0;
}
