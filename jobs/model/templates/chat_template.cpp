#include "jobs/model/templates/chat_template.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "jobs/model/templates/jinja.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::string_view kQuestion = "{question}";
constexpr std::string_view kSystem = "{system}";
constexpr const char* kCustom = "custom";
constexpr std::string_view kSpace = " \t\n\r\f\v";
// With line ends and spaces where templates tend to trim.
constexpr const char* kProbe = "Which one?\n\nChoices:\n (A) this\n (B) that";

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

// What the model's own template makes of one question, as transformers runs
// it: tokens that the model does not name are not defined.
std::string own_prompt(const OwnTemplate& own, std::string_view system,
                       std::string_view question) {
  nlohmann::json messages = nlohmann::json::array();
  if (!system.empty()) {
    messages.push_back({{"role", "system"}, {"content", system}});
  }
  messages.push_back({{"role", "user"}, {"content", question}});
  nlohmann::json variables{{"messages", messages},
                           {"add_generation_prompt", true}};
  if (!own.bos_token.empty()) variables["bos_token"] = own.bos_token;
  if (!own.eos_token.empty()) variables["eos_token"] = own.eos_token;
  return run_jinja(own.source, variables);
}

// How often a text begins with `beginning`.
int times_begun(std::string_view text, std::string_view beginning) {
  int times = 0;
  while (!beginning.empty() && text.starts_with(beginning)) {
    text.remove_prefix(beginning.size());
    ++times;
  }
  return times;
}

// Whether the model's own template writes the beginning before what `bare`, a
// prompt without it, begins with.
bool own_template_begins(const OwnTemplate& own, std::string_view system,
                         const std::string& bare) {
  const int already = times_begun(bare, own.bos_token);
  // A template that takes no system text refuses it.
  for (const std::string_view said : {system, std::string_view{}}) {
    try {
      return times_begun(own_prompt(own, said, kProbe), own.bos_token) >
             already;
    } catch (const JobError&) {
      // It may have more in it than is run here.
    }
  }
  return own.source.find("bos_token") != std::string::npos ||
         (already == 0 && own.source.find(own.bos_token) != std::string::npos);
}

// Where a prompt has what was said to the model.
UserText said_in(std::string_view prompt,
                 const std::vector<std::string_view>& said,
                 const ChatTemplate& chat) {
  UserText user{{}, marks_of(chat)};
  for (const std::string_view one : said) {
    const std::size_t at = prompt.find(trimmed(one));
    if (one.empty() || at == std::string_view::npos) continue;
    user.stretches.emplace_back(at, at + trimmed(one).size());
  }
  return user;
}

// Holds the tokens that the model's own template makes of a question against
// ours.
void compare_prompts(const ChatTemplate& chat, const Tokenizer& tokenizer,
                     const OwnTemplate& own, std::string_view system,
                     std::vector<std::string>& out) {
  const std::string theirs = own_prompt(own, system, kProbe);
  const Prompt prompt =
      render(chat, system, kProbe, beginning_of(chat, tokenizer, own, system));
  const auto ids = [](const std::vector<Token>& tokens) {
    std::vector<std::int32_t> all;
    for (const Token& token : tokens) all.push_back(token.id);
    return all;
  };
  const auto our_ids = ids(tokens_of(prompt, "", tokenizer));
  const auto their_ids =
      ids(tokenizer.encode(theirs, said_in(theirs, {system, kProbe}, chat)));
  if (our_ids == their_ids) return;
  const auto text = [&](const std::string& of) {
    return of.substr(static_cast<std::size_t>(times_begun(of, own.bos_token)) *
                     own.bos_token.size());
  };
  const std::string our_text = text(prompt.text), their_text = text(theirs);
  const std::int32_t bos = own.bos_token.empty()
                               ? tokenizer.beginning()
                               : tokenizer.id_of(own.bos_token).value_or(-1);
  const auto begun = [&](const std::vector<std::int32_t>& all) {
    return !all.empty() && all[0] == bos;
  };
  if (our_text == their_text || begun(our_ids) != begun(their_ids)) {
    const auto first = [&](const std::vector<std::int32_t>& all) {
      std::string two;
      for (std::size_t i = 0; i < 2 && i < all.size(); ++i) {
        two += tokenizer.piece(all[i]);
      }
      return storage::in_quotes(two, 40);
    };
    out.push_back("it begins with " + first(our_ids) +
                  ", the tokenizer's own template with " + first(their_ids));
  }
  if (our_text == their_text) return;
  const auto common = static_cast<std::size_t>(
      std::mismatch(our_text.begin(), our_text.end(), their_text.begin(),
                    their_text.end())
          .first -
      our_text.begin());
  const auto rest = [&](const std::string& of) {
    return storage::in_quotes(of.substr(common), 60);
  };
  out.push_back("from character " + std::to_string(common) + " on it gives " +
                rest(our_text) + ", the tokenizer's own template " +
                rest(their_text));
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

// Puts a prompt together, and remembers what of it was said.
class PromptWriter {
 public:
  PromptWriter(const ChatTemplate& chat, const Beginning& beginning)
      : chat_(chat),
        prompt_{
            beginning.written, 0, {{}, marks_of(chat)}, beginning.put_first},
        conversation_(!prompt_.user.marks.empty()) {}

  void add_question(std::string_view text, std::string_view system,
                    std::string_view question) {
    while (!text.empty()) {
      if (text.starts_with(kQuestion)) {
        put(question);
        prompt_.user_end = prompt_.text.size();
        text.remove_prefix(kQuestion.size());
      } else if (text.starts_with(kSystem)) {
        put(system);
        text.remove_prefix(kSystem.size());
      } else {
        prompt_.text += text.front();
        text.remove_prefix(1);
      }
    }
  }

  void add_answer(std::string_view answer) {
    prompt_.text += chat_.before_answer;
    put(answer);
    prompt_.text += chat_.after_answer;
  }

  Prompt take() { return std::move(prompt_); }

 private:
  void put(std::string_view said) {
    if (chat_.trims) said = trimmed(said);
    const std::size_t begin = prompt_.text.size();
    prompt_.text += said;
    if (conversation_) {
      prompt_.user.stretches.emplace_back(begin, prompt_.text.size());
    }
  }

  const ChatTemplate& chat_;
  Prompt prompt_;
  bool conversation_;
};

}  // namespace

const std::vector<ChatTemplate>& chat_templates() {
  static const std::vector<ChatTemplate> templates{
      {.name = "plain", .without_system = "{question}"},
      {.name = "chatml",
       .without_system = "<|im_start|>user\n{question}<|im_end|>\n"
                         "<|im_start|>assistant\n",
       .with_system = "<|im_start|>system\n{system}<|im_end|>\n"
                      "<|im_start|>user\n{question}<|im_end|>\n"
                      "<|im_start|>assistant\n",
       .system_is_said = true,
       .strips_answers = true,
       .after_answer = "<|im_end|>\n"},
      // Gemma has no system turn; Gemma 3's template puts the text before the
      // question, Gemma 2's refuses it.
      {.name = "gemma",
       .without_system = "<start_of_turn>user\n{question}<end_of_turn>\n"
                         "<start_of_turn>model\n",
       .with_system = "<start_of_turn>user\n{system}\n\n{question}"
                      "<end_of_turn>\n<start_of_turn>model\n",
       .writes_beginning = true,
       .trims = true,
       .strips_answers = true,
       .after_answer = "<end_of_turn>\n"},
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
       .strips_answers = true,
       .after_answer = "<|eot_id|>"},
      {.name = "mistral",
       .without_system = "[INST] {question} [/INST]",
       .with_system = "[INST] {system}\n\n{question} [/INST]",
       .writes_beginning = true,
       .strips_answers = true,
       .before_answer = " "},
  };
  return templates;
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
  custom.name = kCustom;
  const bool has_system = spelling.find(kSystem) != std::string::npos;
  custom.system_is_said = has_system;
  (has_system ? custom.with_system : custom.without_system) = spelling;
  return custom;
}

ChatTemplate known_template(const std::string& spelling) {
  auto found = template_of(spelling);
  if (found) return *std::move(found);
  throw JobError({"", "template", spelling, template_names(),
                  "name one of them, or spell one out with {question}"});
}

std::string template_names() {
  std::string names;
  for (const ChatTemplate& one : chat_templates()) {
    names += (names.empty() ? "" : ", ") + one.name;
  }
  return names;
}

std::vector<std::string> marks_of(const ChatTemplate& chat) {
  const std::set<std::string> found =
      marks(chat.without_system + chat.with_system);
  return {found.begin(), found.end()};
}

Beginning beginning_of(const ChatTemplate& chat, const Tokenizer& tokenizer,
                       const OwnTemplate& own, std::string_view system) {
  if (own.source.empty() || chat.name == kCustom || marks_of(chat).empty()) {
    return {chat.writes_beginning ? beginning_text(tokenizer) : "", true};
  }
  if (own.bos_token.empty()) return {"", false};
  const std::string bare = render(chat, system, kProbe, {"", false}).text;
  if (!own_template_begins(own, system, bare)) return {"", false};
  const std::vector<Token> tokens = tokenizer.encode(own.bos_token);
  if (tokens.size() != 1) {
    throw JobError({"the model's tokenizer", "bos_token",
                    storage::in_quotes(own.bos_token) +
                        ", which the model's own "
                        "template writes, is " +
                        std::to_string(tokens.size()) + " tokens",
                    "one of its own",
                    "the tokenizer's files are not of one model: fetch them "
                    "again"});
  }
  return {own.bos_token, false};
}

Prompt render(const ChatTemplate& chat, std::string_view system,
              std::string_view question, const Beginning& beginning,
              const std::vector<storage::Exchange>& before) {
  const std::string& text =
      system.empty() ? chat.without_system : chat.with_system;
  if (text.empty()) {
    throw JobError({"", "template " + chat.name,
                    system.empty() ? "no system text" : "a system text",
                    system.empty() ? "one" : "none", ""});
  }
  if (!before.empty() && chat.after_answer.empty()) {
    throw JobError({"", "template " + chat.name,
                    std::to_string(before.size() + 1) + " questions in turn",
                    "one",
                    "templates chatml, gemma and llama-3 have conversations"});
  }
  PromptWriter writer(chat, beginning);
  const std::string* turn = &text;
  for (const storage::Exchange& one : before) {
    writer.add_question(*turn, system, one.user);
    writer.add_answer(one.assistant);
    turn = &chat.without_system;
  }
  writer.add_question(*turn, system, question);
  return writer.take();
}

std::string answer_text(const ChatTemplate& chat, std::string_view answer) {
  if (!chat.strips_answers) return std::string(answer);
  return chat.before_answer + std::string(trimmed(answer));
}

std::vector<Token> tokens_of(const Prompt& prompt, std::string_view answer,
                             const Tokenizer& tokenizer) {
  const std::string text = prompt.text + std::string(answer);
  UserText user = prompt.user;
  if (!user.stretches.empty()) {
    user.stretches.emplace_back(prompt.text.size(), text.size());
  }
  return prompt.put_beginning_first ? encode_prompt(tokenizer, text, user)
                                    : tokenizer.encode(text, user);
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
                                        const OwnTemplate& own,
                                        std::string_view system) {
  const std::set<std::string> ours =
      marks(system.empty() ? chat.without_system : chat.with_system);
  std::vector<std::string> out;
  if (ours.empty() || own.source.empty()) return out;
  try {
    compare_prompts(chat, tokenizer, own, system, out);
  } catch (const JobError& error) {
    if (error.fault().item == "raise_exception") {
      out.push_back("the tokenizer's own template refuses: " +
                    error.fault().found);
    } else if (error.fault().item == "bos_token") {
      out.emplace_back(error.what());
    } else {
      compare_marks(ours, own.source, out);
    }
  }
  return out;
}

}  // namespace coxswain::jobs
