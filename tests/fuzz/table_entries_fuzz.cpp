#include "storage/texts/table_entries.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    storage::TextFile file(input.path());
    storage::TableEntries table(file);
    while (table.next()) {
    }
  });
}
