#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// A question as the model gets it; the answer follows directly.
struct Prompt {
  std::string text;
  std::size_t user_end = 0;  // bytes up to the end of the user's own text
};

// How a question becomes a prompt: "{question}" and "{system}" stand for the
// texts, all else for itself.
struct ChatTemplate {
  std::string name{};            // "custom" for one that is spelled out
  std::string without_system{};  // empty: a system text must be given
  std::string with_system{};     // empty: none can be given
  // Models' own templates put a text of theirs where none is given, and not
  // the same one: whether there is one has to be said.
  bool system_is_said = false;
  // The text begins with the token that prompts begin with; otherwise the
  // tokenizer puts it there. The same, unless a space goes before a text only
  // at its very beginning.
  bool writes_beginning = false;
  bool trims = false;           // white space at the texts' ends goes
  bool strips_answers = false;  // the leading space of the data's answers goes
  std::string before_answer{};  // put before the stripped answers
};

// The named templates; what transformers' apply_chat_template makes of a
// conversation with one question (and, for llama-2, what CAA wrote).
const std::vector<ChatTemplate>& chat_templates();
// By name, or spelled out: a text that holds "{question}". nullopt for neither.
std::optional<ChatTemplate> template_of(const std::string& spelling);
std::string template_names();  // for messages: "plain, chatml, ..."

// An empty `system` is none; `beginning` is how the token that prompts begin
// with is spelled, empty if there is none. Throws JobError where the template
// can't do with or without one.
Prompt render(const ChatTemplate& chat, std::string_view system,
              std::string_view question, std::string_view beginning);
// An answer of the data as it follows the prompt.
std::string answer_text(const ChatTemplate& chat, std::string_view answer);

// The template's marks (<|im_start|>) that are no tokens of the tokenizer: the
// model can't know them.
std::vector<std::string> unknown_marks(const ChatTemplate& chat,
                                       const Tokenizer& tokenizer);

// Where the tokenizer's own template (Jinja; may be empty) makes another prompt
// of one question and `system`, a sentence each. Where that template has more
// in it than is run here, its marks are compared. A template without marks
// means to be no conversation and agrees with all.
std::vector<std::string> contradictions(const ChatTemplate& chat,
                                        const Tokenizer& tokenizer,
                                        const std::string& own,
                                        std::string_view system);

}  // namespace coxswain::jobs
