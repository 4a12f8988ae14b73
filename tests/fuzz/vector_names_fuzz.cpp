#include "storage/vectors/vector_names.hpp"

#include <cstdlib>

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string name(data, data + size);
  const storage::LayerName found = storage::layer_in(name);
  if (found.rest.size() > name.size() || found.layer > 9999) std::abort();
  storage::other_place(name);
  return 0;
}
