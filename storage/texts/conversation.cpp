#include "storage/texts/conversation.hpp"

#include <fmt/format.h>

#include "storage/files/fault.hpp"
#include "storage/files/utf8.hpp"
#include "storage/texts/json_entries.hpp"

namespace coxswain::storage {
namespace {

// One turn, checked.
struct Turn {
  std::string role, content;
};

// Reads one list; knows where it stands.
class TurnReader {
 public:
  TurnReader(std::string where, std::string key)
      : where_(std::move(where)), key_(std::move(key)) {}

  Turn turn(const nlohmann::json& turns, std::size_t number) {
    number_ = number;
    const nlohmann::json& one = turns[number];
    if (!one.is_object()) {
      fail("", described(one), "an object with role and content", "");
    }
    return {text(one, "role"), text(one, "content")};
  }

  [[noreturn]] void fail(const std::string& part, const std::string& found,
                         const std::string& expected,
                         const std::string& remedy) const {
    throw StorageError({where_,
                        fmt::format("{}[{}]{}{}", key_, number_,
                                    part.empty() ? "" : ".", part),
                        found, expected, remedy});
  }

 private:
  std::string text(const nlohmann::json& turn, const char* part) const {
    const auto found = turn.find(part);
    if (found == turn.end()) fail(part, "no such key", "it in every turn", "");
    if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
      fail(part, described(*found), "a text that is not empty", "");
    }
    return found->get<std::string>();
  }

  std::string where_, key_;
  std::size_t number_ = 0;
};

}  // namespace

Conversation conversation_of(const nlohmann::json& turns,
                             const std::string& where, const std::string& key) {
  TurnReader reader(where, key);
  Conversation conversation;
  std::string asked;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Turn turn = reader.turn(turns, i);
    if (i == 0 && turn.role == "system") {
      conversation.system = turn.content;
      continue;
    }
    const char* expected = asked.empty() ? "user" : "assistant";
    if (turn.role != expected) {
      reader.fail("role", in_quotes(turn.role, 40), expected,
                  "system first if any, then user and assistant in turn");
    }
    if (asked.empty()) {
      asked = turn.content;
    } else {
      conversation.before.push_back({std::move(asked), turn.content});
      asked.clear();
    }
  }
  if (asked.empty()) {
    throw StorageError(
        {where, key,
         turns.empty() ? "no turns" : "the assistant's turn at its end",
         "the user's turn last",
         "both answers follow the last turn: leave it out"});
  }
  conversation.question = std::move(asked);
  return conversation;
}

}  // namespace coxswain::storage
