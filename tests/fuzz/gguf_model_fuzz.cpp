#include "jobs/model/checkpoint/checkpoint.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

// A GGUF file's metadata and tensors as a model's description and weights.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    try {
      jobs::open_gguf_checkpoint(storage::GgufFile(input.path()));
    } catch (const jobs::JobError&) {
    }
  });
}
