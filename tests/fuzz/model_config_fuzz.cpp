#include "jobs/model/config/config.hpp"
#include "jobs/model/families/family.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

// config.json of any family, as far as a model's description.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    try {
      jobs::Config config = jobs::read_config(input.path());
      jobs::family_of_model_type(config.text("model_type"), "fuzz")
          .describe(config);
      config.unread();
    } catch (const jobs::JobError&) {
    }
  });
}
