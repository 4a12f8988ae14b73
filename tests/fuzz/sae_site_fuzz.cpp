#include <algorithm>
#include <cstdlib>
#include <string>

#include "jobs/sae/formats/model_name.hpp"
#include "jobs/sae/formats/site.hpp"

using namespace coxswain::jobs;

namespace {

// What is said of a place in our own words says the same again.
void check(const Site& site) {
  const Site output = as_output(site);
  if (site_named(hook_of(site)) != site || as_output(output) != output) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  const std::size_t cut = std::min(text.find('\n'), text.size());
  const std::string name = text.substr(0, cut);
  const std::string other = text.substr(std::min(cut + 1, text.size()));
  check(site_named(name));
  check(site_of_folder(name));
  check(site_of_folder(name, true));
  check(site_of_repository(name));
  names_another_model(name, {{other, name}, "llama"});
  // No name is another model's than its own, whatever model it is.
  if (names_another_model(name, {{name}, ""})) std::abort();
  return 0;
}
