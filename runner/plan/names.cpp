#include "runner/plan/names.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "jobs/decomposition/method_names.hpp"

namespace coxswain::runner {
namespace {

constexpr const char* kOwn = "own";
// How many names there were before vectors could be the user's own: numbers on
// disk stay, so decomposition methods that come later are behind it.
constexpr std::size_t kBeforeOwn = 19;

std::vector<std::pair<std::string, std::string>> methods() {
  std::vector<std::pair<std::string, std::string>> names{
      {"mean-difference", "mean over pairs of h(x+) - h(x-)"}};
  for (const jobs::MethodTraits& method : jobs::decomposition_methods()) {
    names.emplace_back(method.name, method.description);
  }
  assert(names.size() >= kBeforeOwn);
  names.emplace(names.begin() + kBeforeOwn, kOwn,
                "a vector from a file of the user's own");
  return names;
}

std::int32_t id_of(const std::string& name) {
  const auto names = methods();
  const auto found =
      std::find_if(names.begin(), names.end(),
                   [&](const auto& one) { return one.first == name; });
  return static_cast<std::int32_t>(found - names.begin());
}

}  // namespace

std::int32_t own_vector_method() { return id_of(kOwn); }

std::int32_t method_id(const std::string& name) { return id_of(name); }

storage::NameTables enumerations() { return storage::name_tables(methods()); }

}  // namespace coxswain::runner
