#include "jobs/model/chat_template.hpp"

namespace coxswain::jobs {
namespace {

Prompt render_plain(std::string_view, std::string_view question) {
  return {std::string(question), question.size()};
}

Prompt render_chatml(std::string_view system, std::string_view question) {
  std::string text = "<|im_start|>system\n";
  text += system;
  text += "<|im_end|>\n<|im_start|>user\n";
  text += question;
  const std::size_t user_end = text.size();
  text += "<|im_end|>\n<|im_start|>assistant\n";
  return {text, user_end};
}

constexpr ChatTemplate kTemplates[] = {
    {"plain", false, false, render_plain},
    {"chatml", true, true, render_chatml},
};

}  // namespace

const ChatTemplate* template_named(std::string_view name) {
  for (const ChatTemplate& one : kTemplates) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::string template_names() {
  std::string names;
  for (const ChatTemplate& one : kTemplates) {
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names;
}

}  // namespace coxswain::jobs
