#include "jobs/model/templates/chat_template.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "jobs/model/templates/jinja.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::string_view kQuestion = "{question}";
constexpr std::string_view kSystem = "{system}";
constexpr std::string_view kSpace = " \t\n\r\f\v";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Marks of a chat format: <...>, <|...|> and [INST]-like words.
std::set<std::string> marks(const std::string& text) {
  std::set<std::string> found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '<') {
      const std::size_t end = text.find_first_of("> \n'\"{}", at);
      if (end == std::string::npos || text[end] != '>') continue;
      // <<SYS>> is one mark.
      const bool twice = text.substr(at).starts_with("<<");
      const std::string mark = text.substr(at, end - at + (twice ? 2 : 1));
      if (mark.size() > 2) found.insert(mark);
      at = end;
    } else if (text[at] == '[') {
      const std::size_t end = text.find(']', at);
      if (end == std::string::npos) continue;
      const std::string word = text.substr(at + 1, end - at - 1);
      const bool capital =
          word.size() > 2 &&
          word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_/") ==
              std::string::npos;
      if (capital) found.insert(text.substr(at, end - at + 1));
    }
  }
  return found;
}

// Holds the prompt that the tokenizer's own template makes of a question
// against ours, without the beginning, which either may write.
void compare_prompts(const ChatTemplate& chat, const Tokenizer& tokenizer,
                     const std::string& own, std::string_view system,
                     std::vector<std::string>& out) {
  // With line ends and spaces where templates tend to trim.
  const std::string question = "Which one?\n\nChoices:\n (A) this\n (B) that";
  nlohmann::json messages = nlohmann::json::array();
  if (!system.empty()) {
    messages.push_back({{"role", "system"}, {"content", system}});
  }
  messages.push_back({{"role", "user"}, {"content", question}});
  const std::string beginning = beginning_text(tokenizer);
  std::string theirs = run_jinja(own, {{"messages", messages},
                                       {"add_generation_prompt", true},
                                       {"bos_token", beginning},
                                       {"eos_token", ""}});
  if (theirs.starts_with(beginning)) theirs.erase(0, beginning.size());
  const std::string ours = render(chat, system, question, "").text;
  if (theirs == ours) return;
  const auto common = static_cast<std::size_t>(
      std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end())
          .first -
      ours.begin());
  const auto rest = [&](const std::string& text) {
    return nlohmann::json(text.substr(common, 60))
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  out.push_back("from character " + std::to_string(common) + " on it gives " +
                rest(ours) + ", the tokenizer's own template " + rest(theirs));
}

void compare_marks(const std::set<std::string>& ours, const std::string& own,
                   std::vector<std::string>& out) {
  for (const std::string& mark : ours) {
    if (own.find(mark) == std::string::npos) {
      out.push_back("the tokenizer's own template has no " + mark);
    }
  }
  for (const ChatTemplate& other : chat_templates()) {
    for (const std::string& mark : marks(other.without_system)) {
      if (!ours.contains(mark) && own.find(mark) != std::string::npos) {
        out.push_back("the tokenizer's own template has " + mark +
                      ", as template " + other.name + " has");
      }
    }
  }
}

}  // namespace

const std::vector<ChatTemplate>& chat_templates() {
  static const std::vector<ChatTemplate> kTemplates{
      {.name = "plain", .without_system = "{question}"},
      {.name = "chatml",
       .without_system = "<|im_start|>user\n{question}<|im_end|>\n"
                         "<|im_start|>assistant\n",
       .with_system = "<|im_start|>system\n{system}<|im_end|>\n"
                      "<|im_start|>user\n{question}<|im_end|>\n"
                      "<|im_start|>assistant\n",
       .system_is_said = true,
       .strips_answers = true},
      // Gemma has no system turn; Gemma 3's template puts the text before the
      // question, Gemma 2's refuses it.
      {.name = "gemma",
       .without_system = "<start_of_turn>user\n{question}<end_of_turn>\n"
                         "<start_of_turn>model\n",
       .with_system = "<start_of_turn>user\n{system}\n\n{question}"
                      "<end_of_turn>\n<start_of_turn>model\n",
       .writes_beginning = true,
       .trims = true,
       .strips_answers = true},
      // CAA's (Rimsky et al. 2024): the system block stands before [INST],
      // where Meta's own template has it inside.
      {.name = "llama-2",
       .without_system = "[INST] {question} [/INST]",
       .with_system = "<<SYS>>\n{system}\n<</SYS>>\n\n"
                      "[INST] {question} [/INST]",
       .writes_beginning = true,
       .trims = true,
       .strips_answers = true,
       .before_answer = " "},
      {.name = "llama-3",
       .without_system =
           "<|start_header_id|>user<|end_header_id|>\n\n{question}<|eot_id|>"
           "<|start_header_id|>assistant<|end_header_id|>\n\n",
       .with_system =
           "<|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>"
           "<|start_header_id|>user<|end_header_id|>\n\n{question}<|eot_id|>"
           "<|start_header_id|>assistant<|end_header_id|>\n\n",
       .writes_beginning = true,
       .trims = true,
       .strips_answers = true},
      {.name = "mistral",
       .without_system = "[INST] {question} [/INST]",
       .with_system = "[INST] {system}\n\n{question} [/INST]",
       .writes_beginning = true,
       .strips_answers = true,
       .before_answer = " "},
  };
  return kTemplates;
}

std::optional<ChatTemplate> template_of(const std::string& spelling) {
  for (const ChatTemplate& one : chat_templates()) {
    if (one.name == spelling) return one;
  }
  const std::size_t question = spelling.find(kQuestion);
  if (question == std::string::npos ||
      spelling.find(kQuestion, question + 1) != std::string::npos) {
    return std::nullopt;
  }
  ChatTemplate custom;
  custom.name = "custom";
  const bool has_system = spelling.find(kSystem) != std::string::npos;
  custom.system_is_said = has_system;
  (has_system ? custom.with_system : custom.without_system) = spelling;
  return custom;
}

std::string template_names() {
  std::string names;
  for (const ChatTemplate& one : chat_templates()) {
    names += (names.empty() ? "" : ", ") + one.name;
  }
  return names;
}

Prompt render(const ChatTemplate& chat, std::string_view system,
              std::string_view question, std::string_view beginning) {
  const std::string& text =
      system.empty() ? chat.without_system : chat.with_system;
  if (text.empty()) {
    throw JobError({"", "template " + chat.name,
                    system.empty() ? "no system text" : "a system text",
                    system.empty() ? "one" : "none", ""});
  }
  if (chat.trims) {
    system = trimmed(system);
    question = trimmed(question);
  }
  Prompt prompt;
  if (chat.writes_beginning) prompt.text = beginning;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    if (rest.starts_with(kQuestion)) {
      prompt.text += question;
      prompt.user_end = prompt.text.size();
      at += kQuestion.size();
    } else if (rest.starts_with(kSystem)) {
      prompt.text += system;
      at += kSystem.size();
    } else {
      prompt.text += text[at++];
    }
  }
  return prompt;
}

std::string answer_text(const ChatTemplate& chat, std::string_view answer) {
  if (!chat.strips_answers) return std::string(answer);
  return chat.before_answer + std::string(trimmed(answer));
}

std::vector<std::string> unknown_marks(const ChatTemplate& chat,
                                       const Tokenizer& tokenizer) {
  std::vector<std::string> unknown;
  // What only a system text brings (<<SYS>>) is plain text to Llama 2, as
  // [INST] is; only Mistral's later tokenizers have a token for that one.
  for (const std::string& mark :
       marks(chat.without_system.empty() ? chat.with_system
                                         : chat.without_system)) {
    if (mark[0] == '<' && !tokenizer.id_of(mark)) unknown.push_back(mark);
  }
  return unknown;
}

std::vector<std::string> contradictions(const ChatTemplate& chat,
                                        const Tokenizer& tokenizer,
                                        const std::string& own,
                                        std::string_view system) {
  const std::set<std::string> ours =
      marks(system.empty() ? chat.without_system : chat.with_system);
  std::vector<std::string> out;
  if (ours.empty() || own.empty()) return out;
  try {
    compare_prompts(chat, tokenizer, own, system, out);
  } catch (const JobError& error) {
    if (error.fault().item == "raise_exception") {
      out.push_back("the tokenizer's own template refuses: " +
                    error.fault().found);
    } else {
      compare_marks(ours, own, out);
    }
  }
  return out;
}

}  // namespace coxswain::jobs
