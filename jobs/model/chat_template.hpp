#pragma once

#include <string>
#include <string_view>

namespace coxswain::jobs {

// A question as the model gets it; the answer follows directly.
struct Prompt {
  std::string text;
  std::size_t user_end = 0;  // bytes up to the end of the user's own text
};

// How a question becomes a prompt.
struct ChatTemplate {
  std::string_view name;
  bool takes_system;    // a system text may, and must, be given
  bool strips_answers;  // the leading space of the data's answers goes
  Prompt (*render)(std::string_view system, std::string_view question);
};

// nullptr for a name we don't have.
const ChatTemplate* template_named(std::string_view name);
std::string template_names();  // for messages: "plain, chatml"

}  // namespace coxswain::jobs
