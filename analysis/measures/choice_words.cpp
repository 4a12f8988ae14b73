#include "analysis/measures/choice_words.hpp"

#include <vector>

#include "analysis/forms/sentences.hpp"

namespace coxswain::analysis {
namespace {

std::string with_names(const char* what, const std::vector<std::string>& all) {
  if (all.empty()) return "";
  return std::string(what) + (all.size() > 1 ? "s " : " ") + listed(all);
}

}  // namespace

std::string layers_words(const ReportChoices& choices) {
  std::vector<std::string> all;
  for (const std::int32_t layer : choices.layers.values) {
    all.push_back(std::to_string(layer));
  }
  return with_names("layer", all);
}

std::string methods_words(const ReportChoices& choices) {
  return with_names("method", choices.methods.values);
}

std::string choices_note(const ReportChoices& choices) {
  std::vector<std::string> before, after;
  const auto add = [&](const std::string& words, bool afterwards) {
    if (!words.empty()) (afterwards ? after : before).push_back(words);
  };
  add(layers_words(choices), choices.layers.afterwards);
  add(methods_words(choices), choices.methods.afterwards);
  add(with_names("contrast", choices.contrasts.values),
      choices.contrasts.afterwards);
  std::string out;
  if (!before.empty()) out = "Named by the sweep: " + listed(before) + ".";
  if (!after.empty()) {
    out += (out.empty() ? "" : " ") + std::string("Picked afterwards: ") +
           listed(after) +
           "; bands and p are for all that could have been picked.";
  }
  return out;
}

}  // namespace coxswain::analysis
