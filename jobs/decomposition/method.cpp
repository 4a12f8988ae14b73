#include "jobs/decomposition/method.hpp"

#include "jobs/decomposition/method_names.hpp"

namespace coxswain::jobs {
namespace {
const DecompositionMethod* const kMethods[] = {&kEncode};
}  // namespace

const DecompositionMethod* method_named(const std::string& name) {
  for (const DecompositionMethod* method : kMethods) {
    if (method->name == name) return method;
  }
  return nullptr;
}

std::vector<std::pair<std::string, std::string>> decomposition_methods() {
  std::vector<std::pair<std::string, std::string>> methods;
  for (const DecompositionMethod* method : kMethods) {
    methods.emplace_back(method->name, method->description);
  }
  return methods;
}

}  // namespace coxswain::jobs
