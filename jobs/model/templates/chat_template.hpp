#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/model/tokenizers/own_template.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"
#include "storage/texts/exchange.hpp"

namespace coxswain::jobs {

// How prompts begin.
struct Beginning {
  std::string written{};  // what the text itself begins with
  // The tokenizer puts its own first, unless that is written.
  bool put_first = true;
};

// A question as the model gets it; the answer follows directly.
struct Prompt {
  std::string text;
  std::size_t user_end = 0;  // bytes up to the end of the user's own text
  // System text and question, where the template is a conversation: what is
  // spelled in them is text, no mark of the template and no control token.
  UserText user{};
  bool put_beginning_first = true;  // see Beginning
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
  // Ends what was answered before; empty: it can have one question alone.
  std::string after_answer{};
};

// The named templates; what transformers' apply_chat_template makes of a
// conversation with one question (and, for llama-2, what CAA wrote).
const std::vector<ChatTemplate>& chat_templates();
// By name, or spelled out: a text that holds "{question}". nullopt for neither.
std::optional<ChatTemplate> template_of(const std::string& spelling);
// One that is known to be either; throws JobError for neither.
ChatTemplate known_template(const std::string& spelling);
std::string template_names();  // for messages: "plain, chatml, ..."

// The template's marks: <...>, <|...|> and [INST]-like words. One without any
// means to be no conversation.
std::vector<std::string> marks_of(const ChatTemplate& chat);

// How a template's prompts begin with a model. A named conversation begins as
// the model's own template does: transformers' apply_chat_template() writes the
// beginning if that template does, and puts none first. All others, and where
// the model has no template, begin as the tokenizer has it. Throws JobError if
// the beginning that is written is no token.
Beginning beginning_of(const ChatTemplate& chat, const Tokenizer& tokenizer,
                       const OwnTemplate& own, std::string_view system);

// An empty `system` is none; it stands with the first thing that was said.
// Throws JobError where the template can't do with or without one, or can't
// have what was said before the question.
Prompt render(const ChatTemplate& chat, std::string_view system,
              std::string_view question, const Beginning& beginning,
              const std::vector<storage::Exchange>& before = {});
// An answer of the data as it follows the prompt.
std::string answer_text(const ChatTemplate& chat, std::string_view answer);
// The tokens of a prompt and what follows it (an answer; may be empty).
std::vector<Token> tokens_of(const Prompt& prompt, std::string_view answer,
                             const Tokenizer& tokenizer);

// The template's marks (<|im_start|>) that are no tokens of the tokenizer: the
// model can't know them.
std::vector<std::string> unknown_marks(const ChatTemplate& chat,
                                       const Tokenizer& tokenizer);

// Where the model's own template (if there is one) makes other tokens of one
// question and `system`, a sentence each. Where that template has more in it
// than is run here, its marks are compared. A template without marks agrees
// with all.
std::vector<std::string> contradictions(const ChatTemplate& chat,
                                        const Tokenizer& tokenizer,
                                        const OwnTemplate& own,
                                        std::string_view system);

}  // namespace coxswain::jobs
