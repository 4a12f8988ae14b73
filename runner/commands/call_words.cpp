#include "runner/commands/call_words.hpp"

namespace coxswain::runner {

std::vector<std::string> words_of(const Overrides& overrides) {
  std::vector<std::string> words;
  for (const std::string& one : overrides.set) {
    words.insert(words.end(), {"--set", one});
  }
  for (const std::string& one : overrides.only) {
    words.insert(words.end(), {"--only", one});
  }
  return words;
}

RunCall call_of(const RunOptions& options) {
  RunCall call{options.mpirun.words, options.from.sweep, options.out,
               words_of(options.from.overrides)};
  const auto add = [&call](const std::string& word) {
    call.words.push_back(word);
  };
  if (options.device) {
    add("--device");
    add(*options.device == jobs::DeviceKind::cpu ? "cpu" : "cuda");
  }
  if (options.gpus.per_worker > 1) {
    add("--gpus-per-worker");
    add(std::to_string(options.gpus.per_worker));
  }
  if (options.gpus.shared == SharedGpus::allowed) add("--share-gpus");
  if (options.kinds == DeviceKinds::several) add("--mix-devices");
  return call;
}

}  // namespace coxswain::runner
