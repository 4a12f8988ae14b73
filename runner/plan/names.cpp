#include "runner/plan/names.hpp"

#include <algorithm>

#include "jobs/decomposition/method_names.hpp"
#include "jobs/task/task.hpp"

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
  for (const jobs::MethodTraits& method : jobs::decomposition_methods()) {
    names.emplace_back(method.name, method.description);
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
        std::pair{Source::planted, "a vector with a known answer"},
        std::pair{Source::covariance,
                  "a random direction with the activations' covariance"},
        std::pair{Source::shuffled, "of pairs with labels exchanged at random"},
        std::pair{Source::other, "another behaviour's vector"},
        std::pair{Source::resampled,
                  "the vector of pairs drawn with replacement"},
        std::pair{Source::balanced,
                  "the mean of the means over pairs that match A and B"},
        std::pair{Source::letter,
                  "half the difference of these means: A minus B"}}) {
    names.emplace_back(jobs::name_of(source), description);
  }
  return names;
}

Names controls() {
  using jobs::Control;
  Names names;
  for (const auto& [control, description] :
       {std::pair{Control::none, "not a control"},
        std::pair{Control::zero, "the zero vector"},
        std::pair{Control::random, "isotropic random direction"},
        std::pair{Control::planted,
                  "W_U[A] - W_U[B] through the final norm's gain: a known "
                  "answer"},
        std::pair{Control::covariance,
                  "random with the covariance of the activations"},
        std::pair{Control::shuffled, "x+ and x- exchanged in random pairs"},
        std::pair{Control::other, "another behaviour's vector"},
        std::pair{Control::sparse,
                  "a signed sum of few decoder rows: a known answer"},
        std::pair{Control::decoder_row, "one decoder row: a known answer"},
        std::pair{Control::resampled, "of pairs drawn with replacement"}}) {
    names.emplace_back(jobs::name_of(control), description);
  }
  return names;
}

Names parts() {
  using jobs::Part;
  Names names;
  for (const auto& [part, description] :
       {std::pair{Part::all, "every coefficient"},
        std::pair{Part::positive, "the positive coefficients"},
        std::pair{Part::negative, "the negative coefficients"},
        std::pair{Part::flipped, "the negative ones, their sign turned round"},
        std::pair{Part::first, "the part_k strongest"},
        std::pair{Part::atom, "the one of rank part_k alone"},
        std::pair{Part::without, "all but the one of rank part_k"}}) {
    names.emplace_back(jobs::name_of(part), description);
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
      {"kinds",
       rows(
           {{"vector", "a steering vector"},
            {"decomposition", "a vector taken apart by an SAE"},
            {"propensity", "an item under one steering"},
            {"activations", "stored activations of one layer"},
            {"code-differences", "features that fire differently on x+ and x-"},
            {"norms", "norms of activations of reference text"},
            {"activity", "what an SAE's features do on activations"}})},
      {"states", rows({{"done", "computed"},
                       {"quarantined", "given up, see reason"},
                       {"missing", "not computed yet"}})},
      {"reasons",
       rows({{"none", ""},
             {"failed-often", "its task failed on every attempt"},
             {"input-quarantined", "a task it depends on was given up"}})},
      {"splits", rows({{"train", "makes the vector"}, {"test", "is steered"}})},
      {"methods", rows(methods())},
      {"controls", rows(controls())},
      {"variants", rows(variants())},
      {"parts", rows(parts())},
      {"norm_rules", rows({{"as_is", "its own length"},
                           {"equal", "rescaled to the original's length"}})},
      {"sign_rules",
       rows({{"fixed", "added as it is"},
             {"matching_letter",
              "turned round on items whose matching letter is B"}})},
      {"dose_rules",
       rows({{"raw", "multipliers are of the vector as it is"},
             {"behaviour-mean",
              "of a vector as long as the behaviours' mean at its layer"},
             {"residual-fraction",
              "of a vector as long as the median activation it is read from: "
              "multiplier is dose"}})},
      {"norm_sources",
       rows({{"reference", "every token of the reference text"},
             {"positive", "the token read of x+, all training pairs"},
             {"negative", "the token read of x-, all training pairs"}})},
      {"norm_exclusions",
       rows({{"none", "all of them"},
             {"first", "but the first token of each text"},
             {"sinks", "but norms above five medians: attention sinks"}})},
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
