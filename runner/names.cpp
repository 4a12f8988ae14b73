#include "runner/names.hpp"

#include <algorithm>

#include "jobs/decomposition/method_names.hpp"
#include "jobs/task.hpp"

namespace coxswain::runner {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

std::vector<storage::NameRow> rows(const Names& names) {
  std::vector<storage::NameRow> out;
  for (const auto& [name, description] : names) {
    out.push_back({static_cast<std::int32_t>(out.size()),
                   storage::Text<32>(name), storage::Text<160>(description)});
  }
  return out;
}

Names methods() {
  Names names{{"mean-difference", "mean over pairs of h(x+) - h(x-)"}};
  for (const auto& method : jobs::decomposition_methods()) {
    names.push_back(method);
  }
  return names;
}

Names variants() {
  using Source = jobs::VariantSource;
  Names names;
  for (const auto& [source, description] :
       {std::pair{Source::original, "the steering vector itself"},
        std::pair{Source::reconstruction, "decoded from its decomposition"},
        std::pair{Source::zero_reconstruction,
                  "decoded from the zero vector's decomposition"},
        std::pair{Source::random, "a random direction"},
        std::pair{Source::planted, "a vector with a known answer"}}) {
    names.emplace_back(jobs::name_of(source), description);
  }
  return names;
}

}  // namespace

std::int32_t method_id(const std::string& name) {
  const Names names = methods();
  const auto found =
      std::find_if(names.begin(), names.end(),
                   [&](const auto& one) { return one.first == name; });
  return static_cast<std::int32_t>(found - names.begin());
}

std::vector<std::pair<std::string, std::vector<storage::NameRow>>>
enumerations() {
  return {
      {"kinds", rows({{"vector", "a steering vector"},
                      {"decomposition", "a vector taken apart by an SAE"},
                      {"propensity", "an item under one steering"},
                      {"activations", "stored activations of one layer"}})},
      {"states", rows({{"done", "computed"},
                       {"quarantined", "given up, see reason"},
                       {"missing", "not computed yet"}})},
      {"reasons",
       rows({{"none", ""},
             {"failed-often", "its task failed on every attempt"},
             {"input-quarantined", "a task it depends on was given up"}})},
      {"splits", rows({{"train", "makes the vector"}, {"test", "is steered"}})},
      {"methods", rows(methods())},
      {"controls", rows({{"none", "not a control"},
                         {"zero", "the zero vector"},
                         {"random", "isotropic random direction"},
                         {"planted",
                          "W_U[A] - W_U[B] through the final norm's "
                          "gain: a known answer"}})},
      {"variants", rows(variants())},
      {"parts", rows({{"all", "every coefficient"}})},
      {"norm_rules", rows({{"as_is", "its own length"},
                           {"equal", "rescaled to the original's length"}})},
      {"sign_rules",
       rows({{"fixed", "added as it is"},
             {"matching_letter",
              "turned round on items whose matching letter is B"}})},
      {"position_rules",
       rows({{"all", "every position"},
             {"all_but_first", "all but index 0"},
             {"from_last_prompt_token",
              "from the last token of the prompt proper on"},
             {"answer_only", "the token that predicts the answer"},
             {"after_instruction",
              "from the first token behind the user's text"},
             {"from:N", "from index N on"}})}};
}

}  // namespace coxswain::runner
