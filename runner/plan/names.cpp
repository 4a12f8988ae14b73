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
// disk stay, so decomposition methods that come later are behind it, and behind
// the other ways to make a vector of pairs.
constexpr std::size_t kBeforeOwn = 19;

std::vector<std::pair<std::string, std::string>> methods() {
  const auto& mean = jobs::traits_of(jobs::VectorMethod::mean_difference);
  std::vector<std::pair<std::string, std::string>> names{
      {mean.name, mean.description}};
  for (const jobs::MethodTraits& method : jobs::decomposition_methods()) {
    names.emplace_back(method.name, method.description);
  }
  assert(names.size() >= kBeforeOwn);
  std::vector<std::pair<std::string, std::string>> vectors{
      {kOwn, "a vector from a file of the user's own"}};
  for (const jobs::VectorMethodTraits& one : jobs::kVectorMethods) {
    if (one.method == jobs::VectorMethod::mean_difference) continue;
    vectors.emplace_back(one.name, one.description);
  }
  names.insert(names.begin() + kBeforeOwn, vectors.begin(), vectors.end());
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

std::int32_t vector_method(jobs::VectorMethod method) {
  return id_of(jobs::traits_of(method).name);
}

std::int32_t method_id(const std::string& name) { return id_of(name); }

storage::NameTables enumerations() { return storage::name_tables(methods()); }

}  // namespace coxswain::runner
