#include "runner/plan/names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "jobs/decomposition/method_names.hpp"

namespace coxswain::runner {
namespace {

std::vector<std::pair<std::string, std::string>> methods() {
  std::vector<std::pair<std::string, std::string>> names{
      {"mean-difference", "mean over pairs of h(x+) - h(x-)"}};
  for (const jobs::MethodTraits& method : jobs::decomposition_methods()) {
    names.emplace_back(method.name, method.description);
  }
  return names;
}

}  // namespace

std::int32_t method_id(const std::string& name) {
  const auto names = methods();
  const auto found =
      std::find_if(names.begin(), names.end(),
                   [&](const auto& one) { return one.first == name; });
  return static_cast<std::int32_t>(found - names.begin());
}

storage::NameTables enumerations() { return storage::name_tables(methods()); }

}  // namespace coxswain::runner
