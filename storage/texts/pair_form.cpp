#include "storage/texts/pair_form.hpp"

#include <algorithm>

namespace coxswain::storage {
namespace {

PairForm with(const PairRules& rules, PairForm form) {
  const PairColumns& said = rules.columns;
  const auto put = [](std::string& column, const std::string& own) {
    if (!own.empty()) column = own;
  };
  // Who names another question doesn't mean the form's second copy of it.
  if (!said.question.empty()) form.same_question.clear();
  put(form.columns.question, said.question);
  put(form.columns.matching, said.matching);
  put(form.columns.other, said.other);
  put(form.columns.system, said.system);
  if (rules.one_answer) form.columns.other.clear();
  return form;
}

}  // namespace

const std::vector<PairForm>& pair_forms() {
  constexpr const char* kMatching = "answer_matching_behavior";
  constexpr const char* kOther = "answer_not_matching_behavior";
  static const std::vector<PairForm> forms{
      {"anthropic", {"question", kMatching, kOther}},
      {"messages", {"messages", kMatching, kOther}},
      {"steering-bench", {"prompt", "positive_response", "negative_response"}},
      {"steering-bench",
       {"positive.prompt", "positive.response", "negative.response"},
       "negative.prompt"},
      {"caa-qa", {"prompt", "correct", "incorrect"}},
  };
  return forms;
}

std::vector<std::string> pair_form_names() {
  std::vector<std::string> names;
  for (const PairForm& form : pair_forms()) {
    if (names.empty() || names.back() != form.name) names.push_back(form.name);
  }
  return names;
}

std::string pair_keys(const PairForm& form) {
  const std::string two = form.columns.question + ", " + form.columns.matching;
  return form.columns.other.empty() ? two : two + ", " + form.columns.other;
}

bool has_form(const PairForm& form,
              const std::function<bool(const std::string& key)>& has) {
  const PairColumns& columns = form.columns;
  return has(columns.question) && has(columns.matching) &&
         (columns.other.empty() || has(columns.other)) &&
         (columns.system.empty() || has(columns.system)) &&
         (form.same_question.empty() || has(form.same_question));
}

PairForm form_of(const PairRules& rules,
                 const std::function<bool(const std::string& key)>& has) {
  std::vector<PairForm> allowed;
  for (const PairForm& form : pair_forms()) {
    if (rules.form.empty() || rules.form == form.name) {
      allowed.push_back(with(rules, form));
    }
  }
  const auto found = std::ranges::find_if(
      allowed, [&](const PairForm& form) { return has_form(form, has); });
  return found == allowed.end() ? allowed.front() : *found;
}

const nlohmann::json* value_under(const nlohmann::json& entry,
                                  const std::string& key) {
  if (!entry.is_object()) return nullptr;
  if (const auto whole = entry.find(key); whole != entry.end()) return &*whole;
  for (std::size_t at = key.find('.'); at != std::string::npos;
       at = key.find('.', at + 1)) {
    const auto outer = entry.find(key.substr(0, at));
    if (outer == entry.end()) continue;
    if (const auto* found = value_under(*outer, key.substr(at + 1))) {
      return found;
    }
  }
  return nullptr;
}

}  // namespace coxswain::storage
