#include "runner/report/unique_name.hpp"

namespace coxswain::runner {

std::string unique_name(const std::string& name, std::set<std::string>& taken) {
  std::string found = name;
  for (int i = 2; !taken.insert(found).second; ++i) {
    found = name + "_" + std::to_string(i);
  }
  return found;
}

}  // namespace coxswain::runner
