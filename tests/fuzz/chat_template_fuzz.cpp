#include "jobs/model/templates/jinja.hpp"

#include "jobs/task/job_error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

// The input is a model's own template; it is run on a short conversation.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  const nlohmann::json message{{"role", "user"}, {"content", " Which?\n (A) "}};
  const nlohmann::json variables{
      {"messages", {{{"role", "system"}, {"content", "Be brief."}}, message}},
      {"add_generation_prompt", true},
      {"bos_token", "<s>"},
      {"eos_token", "</s>"}};
  return fuzz::read_or_refuse([&] {
    try {
      jobs::run_jinja(source, variables);
    } catch (const jobs::JobError&) {
    }
  });
}
