#include "runner/stages/texts_of_tasks.hpp"

namespace coxswain::runner {

std::vector<Texts> texts_of_tasks(const Texts& texts,
                                  std::size_t tokens_per_task) {
  std::vector<Texts> tasks;
  std::size_t tokens = 0;
  for (const auto& text : texts) {
    if (tasks.empty() || tokens + text.size() > tokens_per_task) {
      tasks.emplace_back();
      tokens = 0;
    }
    tokens += text.size();
    tasks.back().push_back(text);
  }
  return tasks;
}

}  // namespace coxswain::runner
